import type { AttemptRequest } from "../engine/host.ts";
import { Abort } from "../model/abort.ts";
import { Detach } from "../model/detach.ts";
import { toMilliseconds } from "../model/duration.ts";
import { RunbookError } from "../model/error.ts";
import { Deadlines, type Deadline } from "./deadlines.ts";

/** How long a step may take to notice its abort. */
const patience = 1_000;
/** How long a write call that is under way may go on after the operator stopped the engine. */
const writePatience = 2_500;

/** One for the process: to set and clear a timer for each attempt takes longer than a quick step does. */
const deadlines = new Deadlines();

/** What may end an attempt before it ends by itself: the engine's signal, and the step's time limit. */
export class Limits {
  readonly #processes = new Abort();
  readonly #work: Abort;
  readonly #deadline: Deadline;
  #late: RunbookError | null = null;

  constructor({ id, step }: AttemptRequest, abort: Abort) {
    this.#work = step.effect === "write" ? new Abort() : this.#processes;
    const limit = step.timeout ?? "60m";
    this.#deadline = deadlines.set(toMilliseconds(limit), () => {
      this.#late = new RunbookError("STEP_TIMED_OUT", `\`${id}\` did not end within ${limit}.`);
      this.#processes.abort(this.#late);
      this.#work.abort(this.#late);
    });
    abort.onAbort((reason) => this.#follow(reason));
  }

  /** Stops the step. */
  get work(): AbortSignal {
    return this.#work.signal;
  }

  /** Only lets go of its processes. */
  get processes(): AbortSignal {
    return this.#processes.signal;
  }

  /** Set when its time was up. */
  get late(): RunbookError | null {
    return this.#late;
  }

  /** What has begun; or, for steps that do not notice it themselves, the reason of their abort, once their commands are idle. */
  outcome<T>(begun: Promise<T>, idle: () => Promise<void>): Promise<T> {
    return new Promise((resolve, reject) => {
      begun.then(resolve, reject);
      this.#work.onAbort((reason) => {
        void idle().then(() => setTimeout(() => reject(reason), patience).unref());
      });
    });
  }

  end(): void {
    deadlines.lift(this.#deadline);
  }

  #follow(reason: unknown): void {
    this.#processes.abort(reason);
    // A write call that is under way may end when the reason is only that the engine stops.
    if (reason instanceof Detach) setTimeout(() => this.#work.abort(reason), writePatience).unref();
    else this.#work.abort(reason);
  }
}
