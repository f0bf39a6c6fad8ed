import { isDeepStrictEqual } from "node:util";
import { decide, type Decision } from "../../src/engine/decide.ts";
import { drive, type DriveEnd, type DriveOptions } from "../../src/engine/drive.ts";
import type { Host, Batch } from "../../src/engine/host.ts";
import { persist } from "../../src/engine/machine.ts";
import { replay } from "../../src/engine/replay.ts";
import { nextEvents } from "../../src/engine/next-events.ts";
import type { LocalHost } from "../../src/host/local.ts";
import { Abort } from "../../src/model/abort.ts";
import { Detach } from "../../src/model/detach.ts";
import type { Gate, RunEvent } from "../../src/model/event.ts";
import { toJson, type JsonObject } from "../../src/model/json.ts";
import { summarise } from "../../src/model/summary.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { carryOver } from "./restoring.ts";
import { ana, bench, type Bench } from "./world-free.ts";

/**
 * How an engine dies: before a turn is stored, right after, after an effect whose outcome it never learns, or at its
 * first attempt as soon as the effect of that can be seen.
 */
export type Death =
  | { readonly when: "before" | "after" | "effect"; readonly nth: number }
  | { readonly when: "during"; readonly isSeen: () => boolean };

class Killed extends Error {
  override readonly name = "Killed";
}

/** Counts over all engines of a run, so that the nth turn or effect is the same one every time. */
export interface Counts {
  turns: number;
  effects: number;
}

/** A host whose engine dies as `death` says; it also holds every stored turn to what a replay makes of it. */
export function mortal(host: LocalHost, runbook: Runbook, death: Death | null, counts: Counts): Host {
  const strike = (when: Death["when"], nth: number): void => {
    if (death === null || death.when !== when) return;
    if (death.when === "during" || death.nth === nth) throw new Killed(`${when} ${nth}`);
  };
  return {
    ...host,
    commit: async (turn) => {
      counts.turns += 1;
      strike("before", counts.turns);
      const committed = await host.commit(turn);
      if (committed.type === "stored") requireRestorable(host, runbook, turn);
      strike("after", counts.turns);
      return committed;
    },
    perform: async (attempt, abort) => {
      const dies = new Abort();
      abort.onAbort((reason) => dies.abort(reason));
      const performing = host.perform(attempt, dies);
      if (death?.when === "during" && counts.effects === 0) {
        await firstOf(performing, death.isSeen);
        // Whoever is dead does nothing more, but commands and calls go on without it.
        dies.abort(new Detach("The engine dies."));
      }
      const outcome = await performing;
      counts.effects += 1;
      if (counts.effects === 1) strike("during", 1);
      strike("effect", counts.effects);
      return outcome;
    },
  };
}

/** Until it has ended, or something is seen. */
async function firstOf(work: Promise<unknown>, isSeen: () => boolean): Promise<void> {
  const over = new AbortController();
  void work.finally(() => over.abort()).catch(() => {});
  while (!over.signal.aborted && !isSeen()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Always-restore: after every turn the events alone give the state that the engine has in memory. */
function requireRestorable({ store, ids }: LocalHost, runbook: Runbook, turn: Batch): void {
  const isNote = turn.drafts.some(({ type }) => type === "run.interrupted");
  for (const [run, make] of turn.snapshots) {
    const events = store.log.events(run);
    const [first] = events;
    const own = runbook.family.get(first?.type === "run.started" ? first.data.runbook.id : "");
    if (own === undefined) throw new Error(`No runbook for ${run}.`);
    const restored = replay(own, events);
    if (!isDeepStrictEqual(persist(own, restored.snapshot), toJson(make())))
      throw new Error(`Replaying run ${run} up to event ${events.length} gives another snapshot.`);
    if (!isNote && nextEvents(restored, ids).length > 0)
      throw new Error(`Run ${run} has something left to record after event ${events.length}.`);
  }
}

/** Says what the operator answers at a gate; null leaves it open. */
export type Operator = (gate: Gate) => Decision | null;

export interface Life {
  readonly ends: readonly (DriveEnd["type"] | "killed")[];
  readonly events: readonly RunEvent[];
  readonly run: string;
  readonly end: DriveEnd | null;
}

/** Drives a run to its end with as many engines as it takes, each on a connection of its own. */
export async function liveThrough(
  make: () => Runbook,
  dir: string,
  { operator, death = null, input = {} }: { operator: Operator; death?: Death | null; input?: JsonObject },
): Promise<Life> {
  const counts: Counts = { turns: 0, effects: 0 };
  const runbook = make();
  const ends: Life["ends"][number][] = [];
  let run: string | null = null;
  for (let engines = 0; engines < 40; engines += 1) {
    const made = bench(runbook, dir);
    try {
      run ??= made.start(input);
      const { store } = made.host;
      const end = await oneLife(mortal(made.host, runbook, death, counts), run, engines);
      ends.push(end?.type ?? "killed");
      if (end?.type === "ended") return { ends, run, end, events: eventsOf(made, run) };
      const answered = store.runTree(run).some((row) => answerOne(made, row.run, operator));
      if (end !== null && end.type === "paused" && !answered)
        return { ends, run, end, events: eventsOf(made, run) };
    } finally {
      made.host.store.close();
    }
  }
  throw new Error(`The run did not end: ${ends.join(" ")}`);
}

async function oneLife(host: Host, run: string, engines: number): Promise<DriveEnd | null> {
  const options: DriveOptions = {
    operator: ana,
    wait: false,
    patience: 60_000,
    resumed: engines === 0 ? null : "again",
    stop: new AbortController().signal,
    onEvents: () => {},
    ...carryOver(host, run),
  };
  try {
    return await drive(host, run, options);
  } catch (error) {
    if (error instanceof Killed) return null;
    throw error;
  }
}

/** Answers the first open gate of a run that the operator wants to answer. */
export function answerOne(
  { host: { store } }: Pick<Bench, "host">,
  run: string,
  operator: Operator,
): boolean {
  const events = store.log.events(run);
  for (const gate of summarise(events).gates) {
    const decision = operator(gate);
    if (decision === null) continue;
    const draft = decide(
      events,
      { run, gate: gate.gate, digest: gate.digest, decision, actor: ana },
      new Date(),
    );
    store.log.append({ drafts: [draft], seen: new Map([[run, events.length]]), snapshots: new Map() }, null);
    return true;
  }
  return false;
}

function eventsOf({ host: { store } }: Bench, run: string): readonly RunEvent[] {
  return store.runTree(run).flatMap((row) => store.log.events(row.run));
}

/** What a run's timeline says once crashes and their settling are left out. */
export function shapeOf(events: readonly RunEvent[]): readonly string[] {
  const doubts = new Set<string>();
  const shape: string[] = [];
  for (const event of events) {
    if (/^(run\.resumed|run\.interrupted|step\.inDoubt|step\.reconciled)$/.test(event.type)) continue;
    if (event.type === "gate.opened" && event.data.kind === "inDoubt") {
      doubts.add(event.data.gate);
      continue;
    }
    if (event.type === "decision.made" && doubts.has(event.data.gate)) continue;
    const name = "step" in event.data ? event.data.step : "gate" in event.data ? event.data.gate : "";
    const line = `${event.type} ${name}`.trim();
    // A start that was found to have had no effect is followed by the one that had it.
    if (event.type === "step.started" && shape.at(-1) === line) continue;
    shape.push(line);
  }
  return shape;
}
