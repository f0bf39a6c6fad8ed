import { drive, type DriveEnd } from "../engine/drive.ts";
import type { Host } from "../engine/host.ts";
import { RunbookError, type Failure } from "../model/error.ts";
import type { RunEnd, RunEvent } from "../model/event.ts";
import { summarise, type RunSummary } from "../model/summary.ts";
import type { Runbook } from "../runbook/types.ts";
import { createFakeWorld } from "./fake-world.ts";
import { createMemoryHost, createMint, createSharedLog, startOf, type SharedLog } from "./memory-host.ts";
import { createPeople } from "./scripted-people.ts";
import { pathOf } from "./path.ts";
import { parsedInput, requester, simulatedRun, type Simulation } from "./simulation.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

/** A simulated run, told as a real one is. */
export interface Simulated {
  /** How it ended; `waiting` when it has a gate open that nobody answers, `faulted` when the runbook threw. */
  readonly end: RunEnd | "waiting" | "faulted";
  /** The states in the order in which they were entered, those of a child run behind its state: `redis/apply`. */
  readonly path: readonly string[];
  /** What was changed in the world, as `runbook/state`. */
  readonly effects: readonly string[];
  /** The timeline: the run's events and those of its child runs. */
  readonly events: readonly RunEvent[];
  readonly summary: RunSummary;
  /** What the runbook threw, when it is faulted. */
  readonly fault: Failure | null;
}

/** A run that has not ended by then goes round in circles. */
const mostEvents = 1_000;

/** Runs a runbook on the real engine in a world of fakes; time passes as fast as it is waited for. */
export async function simulate(runbook: Runbook, simulation: Simulation = {}): Promise<Simulated> {
  return driveToEnd(stage(runbook, simulation), { engine: (host) => host, isDeath: () => false });
}

/** Everything outside the engine. It survives the engine's death. */
export interface SimulationStage {
  readonly log: SharedLog;
  readonly clock: VirtualClock;
  readonly host: Host;
  readonly operator: ReturnType<typeof createPeople>;
  readonly effects: () => readonly string[];
}

/** Builds the world of a simulation and starts the run in it. */
export function stage(runbook: Runbook, simulation: Simulation): SimulationStage {
  const { input = {}, steps = [], isRecorded = false, start } = simulation;
  const clock = createVirtualClock(start);
  const log = createSharedLog(runbook, clock.now);
  const runbookOf = (of: string): string => {
    const [first] = log.events(of);
    return first?.type === "run.started" ? first.data.runbook.id : "";
  };
  const world = createFakeWorld(steps, { runbookOf, clock, isRecorded });
  const host = createMemoryHost({ log, clock, ids: createMint(clock.now), ...world });
  const operator = createPeople(simulation, { log, clock, runbookOf });
  let events = 0;
  log.watch(({ length }) => {
    events += length;
    if (events > mostEvents)
      throw new RunbookError("SIMULATION_BROKEN", `The run has ${mostEvents} events and does not end.`);
  });
  log.append({
    drafts: [startOf(runbook, simulatedRun, parsedInput(runbook, input), requester)],
    seen: new Map(),
  });
  return { log, clock, host, operator, effects: world.effects };
}

/** Which engines drive a run, one after the other. */
export interface Engines {
  /** The host that an engine sees. */
  readonly engine: (host: Host) => Host;
  /** Whether an engine ended by this error as one that was killed does. */
  readonly isDeath: (error: unknown) => boolean;
}

/** Drives the run until nobody goes on with it. */
export async function driveToEnd(on: SimulationStage, { engine, isDeath }: Engines): Promise<Simulated> {
  for (;;) {
    try {
      return simulatedResult(on, await oneLife(on, engine(on.host)));
    } catch (error) {
      if (!isDeath(error)) throw error;
    }
  }
}

async function oneLife({ operator }: SimulationStage, host: Host): Promise<DriveEnd> {
  const driving = drive(host, simulatedRun, {
    operator: requester,
    get wait() {
      return operator.isBusy();
    },
    patience: Infinity,
    resumed: null,
    stop: new AbortController().signal,
    onEvents: () => {},
  });
  return Promise.race([driving, operator.refused]);
}

function simulatedResult({ log, effects }: SimulationStage, end: DriveEnd): Simulated {
  const summary = summarise(log.events(simulatedRun));
  return {
    end: end.type === "ended" ? end.status : end.type === "faulted" ? "faulted" : "waiting",
    path: pathOf(log.all()),
    effects: [...effects()],
    events: log.all(),
    summary,
    fault: summary.fault,
  };
}
