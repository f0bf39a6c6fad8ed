/** Deadlines of what is under way, kept by one timer: nearly everything ends long before its own. */
import { performance } from "node:perf_hooks";

export interface Deadline {
  /** On the monotonic clock, in milliseconds. */
  readonly at: number;
  readonly late: () => void;
}

/** Timers of a process cannot be set further ahead than some weeks. */
const longestSleep = 86_400_000;

export class Deadlines {
  readonly #open = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;

  /** Calls `late` once, when so many milliseconds have passed and the deadline has not been lifted. */
  set(milliseconds: number, late: () => void): Deadline {
    const deadline = { at: performance.now() + milliseconds, late };
    this.#open.add(deadline);
    if (deadline.at < this.#wakesAt) this.#wakeAt(deadline.at);
    // The process stays for a deadline, as for any timer.
    else this.#timer?.ref();
    return deadline;
  }

  lift(deadline: Deadline): void {
    this.#open.delete(deadline);
    // It stays set, because the next deadline is most often a later one; but nobody waits for it.
    if (this.#open.size === 0) this.#timer?.unref();
  }

  #wakeAt(time: number): void {
    clearTimeout(this.#timer);
    this.#wakesAt = time;
    const sleep = Math.min(time - performance.now(), longestSleep);
    this.#timer = setTimeout(() => this.#wake(), sleep);
  }

  #wake(): void {
    this.#wakesAt = Infinity;
    const now = performance.now();
    for (const deadline of this.#open) {
      if (deadline.at > now || !this.#open.delete(deadline)) continue;
      deadline.late();
    }
    const next = Math.min(...[...this.#open].map(({ at }) => at));
    if (next < this.#wakesAt) this.#wakeAt(next);
  }
}
