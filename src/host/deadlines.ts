/**
 * Deadlines of what is under way, kept by one timer: nearly everything ends long before its own. The timer does not keep
 * the process: whoever waits for what is under way does.
 */
import { performance } from "node:perf_hooks";
import { longestSleep } from "../model/clock.ts";

export interface Deadline {
  /** On the monotonic clock, in milliseconds. */
  readonly at: number;
  readonly late: () => void;
}

export class Deadlines {
  readonly #open = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;

  /** Calls `late` once, when so many milliseconds have passed and the deadline has not been lifted. */
  set(milliseconds: number, late: () => void): Deadline {
    const deadline = { at: performance.now() + milliseconds, late };
    this.#open.add(deadline);
    if (deadline.at < this.#wakesAt) this.#wakeAt(deadline.at);
    return deadline;
  }

  lift(deadline: Deadline): void {
    this.#open.delete(deadline);
  }

  #wakeAt(time: number): void {
    clearTimeout(this.#timer);
    this.#wakesAt = time;
    const sleep = Math.min(time - performance.now(), longestSleep);
    // It stays set when its deadline is lifted, because the next is most often a later one.
    this.#timer = setTimeout(() => this.#wake(), sleep).unref();
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
