import type { Host } from "../engine/host.ts";
import type { Runbook } from "../runbook/types.ts";
import { driveToEnd, stage, type Simulated } from "./simulate.ts";
import type { Simulation } from "./simulation.ts";

/** Where an engine died, and what of the run was then another than without. */
export interface CrashDifference {
  /** For example `after the effect of apply`. */
  readonly at: string;
  readonly expected: RunResult;
  readonly got: RunResult;
}

/** What a crash may not change. */
export type RunResult = Pick<Simulated, "end" | "path" | "effects">;

export interface Crashes {
  readonly crashes: number;
  readonly differences: readonly CrashDifference[];
}

/** Thrown in the engine's own calls, so that it does nothing more. */
class EngineKilled extends Error {
  override readonly name = "Killed";
}

type CrashPoint = "before the turn" | "after the turn" | "after the effect of";

/**
 * Runs a simulation once without a crash, then once for each moment at which an engine can die: before and after each turn
 * is stored, and after each effect whose outcome it has not stored. Each time another engine goes on, and the run has to
 * be the same.
 */
export async function crashEverywhere(runbook: Runbook, simulation: Simulation = {}): Promise<Crashes> {
  const moments: string[] = [];
  const expected = resultOf(await oneRun(runbook, simulation, (moment) => void moments.push(moment)));
  const differences: CrashDifference[] = [];
  for (const [nth, at] of moments.entries()) {
    let passed = 0;
    const run = await oneRun(runbook, simulation, () => {
      passed += 1;
      if (passed === nth + 1) throw new EngineKilled(at);
    });
    const got = resultOf(run);
    if (JSON.stringify(got) !== JSON.stringify(expected)) differences.push({ at, expected, got });
  }
  return { crashes: moments.length, differences };
}

async function oneRun(
  runbook: Runbook,
  simulation: Simulation,
  pass: (moment: string) => void,
): Promise<Simulated> {
  return driveToEnd(stage(runbook, simulation), {
    engine: (host) => mortal(host, (when, what) => pass(`${when} ${what}`)),
    isDeath: (error) => error instanceof EngineKilled,
  });
}

function mortal(host: Host, pass: (when: CrashPoint, what: string) => void): Host {
  return {
    ...host,
    commit: async (turn) => {
      const what = turn.drafts.map(({ type }) => type).join(", ");
      pass("before the turn", what);
      const committed = await host.commit(turn);
      pass("after the turn", what);
      return committed;
    },
    perform: async (attempt, abort) => {
      const outcome = await host.perform(attempt, abort);
      pass("after the effect of", attempt.id);
      return outcome;
    },
  };
}

function resultOf({ end, path, effects }: Simulated): RunResult {
  return { end, path, effects };
}
