import type { Clock } from "../../src/model/clock.ts";

/** Something that acts on the stage and may leave it, or be stopped for a while. */
export interface Actor {
  dead: boolean;
  /** Until when it is suspended, as the stage counts. */
  asleepUntil: number;
}

/** Virtual time: jobs happen one after another, and what they set off has happened before the next. */
export interface Stage {
  /** The wall clock, as an actor sees it and sleeps by it. */
  readonly clockOf: (actor?: Actor) => Clock;
  /** Milliseconds since the beginning; it never jumps. */
  readonly now: () => number;
  /** Sets the wall clock forward or back. */
  readonly jump: (milliseconds: number) => void;
  readonly later: (delay: number, job: () => void, actor?: Actor) => void;
  /** Never comes back to an actor that has died meanwhile. */
  readonly wait: (delay: number, actor: Actor) => Promise<void>;
  /** Until nothing is left to happen; false when there was no end to it. */
  readonly play: (limit: number) => Promise<boolean>;
  /** Nothing happens any more. */
  readonly end: () => void;
}

interface Job {
  readonly at: number;
  readonly actor: Actor | undefined;
  readonly run: () => void;
}

const nobody: Actor = { dead: false, asleepUntil: 0 };
const epoch = Date.UTC(2026, 0, 1);

export function createStage(): Stage {
  let now = 0;
  let skew = 0;
  const jobs: Job[] = [];

  function add(job: Job): void {
    let place = jobs.length;
    while (place > 0 && (jobs[place - 1]?.at ?? 0) <= job.at) place -= 1;
    jobs.splice(place, 0, job);
  }

  function later(delay: number, run: () => void, actor?: Actor): void {
    add({ at: now + delay, run, actor });
  }

  async function play(limit: number): Promise<boolean> {
    for (let count = 0; count < limit; count += 1) {
      const job = jobs.pop();
      if (job === undefined) return true;
      const { actor = nobody } = job;
      if (actor.dead) continue;
      if (actor.asleepUntil > job.at) {
        add({ ...job, at: actor.asleepUntil });
        continue;
      }
      now = job.at;
      job.run();
      // Ticks come after all microtasks: whoever waited for this has gone on as far as it can.
      await new Promise<void>((resolve) => process.nextTick(resolve));
    }
    return false;
  }

  return {
    clockOf: (actor) => ({
      now: () => new Date(epoch + now + skew),
      // As timers of a process do, it counts from now on, whatever the wall clock says later.
      sleepUntil: (due, signal) => {
        const delay = Math.max(0, due.getTime() - (epoch + now + skew));
        return new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          later(delay, resolve, actor);
        });
      },
    }),
    now: () => now,
    jump: (milliseconds) => void (skew += milliseconds),
    later,
    wait: (delay, actor) => new Promise((resolve) => later(delay, resolve, actor)),
    play,
    end: () => void jobs.splice(0),
  };
}
