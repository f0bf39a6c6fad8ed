/**
 * The clock by which everything is decided that the record has a time for: an expiry, a timer, how long an approval is
 * usable, whose lease it is.
 *
 * C1  It is the wall clock, as long as that is neither behind the log's last time nor behind what this clock has shown.
 *     Else it goes on from there, as fast as the steady clock of this machine, until the wall clock has caught up.
 * C2  What is stored and what was decided with it have one time; a turn that was made at an earlier time than the log's
 *     last is made anew (store/log.ts).
 * C3  Where the wall clock is more than 5 s from where the steady clock or the log says that it should be, it has
 *     jumped. Whoever drives a run records that.
 * C4  What is compared with times of the world (AWS, files, a state lock) goes by the wall clock instead, and how long
 *     something may take that no record has a time for (a time limit, a grace period) by the steady one.
 */
export interface RecordClock {
  readonly now: () => Date;
  /** How the wall clock has jumped since this was asked last. */
  readonly jumps: () => readonly ClockJump[];
}

export interface ClockJump {
  /** What the wall clock shows. */
  readonly clock: string;
  /** What it should show at the least, or, by the steady clock, just about. */
  readonly expected: string;
  readonly by: "record" | "steady clock";
}

export interface ClockSources {
  readonly wall: () => Date;
  /** Milliseconds that nobody sets. */
  readonly steady: () => number;
  /** The same, but counting also while the machine sleeps; asked only where `steady` and the wall clock disagree. */
  readonly awakeOrAsleep: () => number;
  /** The last time in the log; empty when there is none. */
  readonly last: () => string;
}

/** Milliseconds; less is how clocks are kept right. */
const noticeable = 5_000;

export function createRecordClock({ wall, steady, awakeOrAsleep, last }: ClockSources): RecordClock {
  let seen = { wall: wall().getTime(), steady: steady() };
  let asleep = awakeOrAsleep() - seen.steady;
  let shown = 0;
  let isBehind = false;
  let news: ClockJump[] = [];

  function look(): number {
    const [now, ticks] = [wall().getTime(), steady()];
    let passed = Math.max(0, ticks - seen.steady);
    if (isApart(now, seen.wall + passed)) passed += sleepUntil(ticks);
    const isJump = isApart(now, seen.wall + passed);
    if (isJump) news.push(jumpTo(now, seen.wall + passed, "steady clock"));
    shown = Math.max(now, shown + passed, timeOf(last()));
    const wasBehind = isBehind;
    isBehind = shown - now > noticeable;
    if (isBehind && !wasBehind && !isJump) news.push(jumpTo(now, shown, "record"));
    seen = { wall: now, steady: ticks };
    return shown;
  }

  /** How long the machine has slept since this was asked last. */
  function sleepUntil(ticks: number): number {
    const before = asleep;
    asleep = awakeOrAsleep() - ticks;
    return Math.max(0, asleep - before);
  }

  return {
    now: () => new Date(look()),
    jumps: () => {
      look();
      const found = news;
      news = [];
      return found;
    },
  };
}

function isApart(one: number, other: number): boolean {
  return Math.abs(one - other) > noticeable;
}

function timeOf(at: string): number {
  return at === "" ? 0 : Date.parse(at);
}

function jumpTo(now: number, expected: number, by: ClockJump["by"]): ClockJump {
  return { clock: new Date(now).toISOString(), expected: new Date(expected).toISOString(), by };
}
