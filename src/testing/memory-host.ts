/** A host in memory: no database, no processes, no time of its own. What steps do is what it is told. */
import type { AppendResult, Host, LoadedRuns, Batch } from "../engine/host.ts";
import type { PendingStep } from "../engine/pending.ts";
import { runAttempt } from "../engine/recover.ts";
import type { IdSource } from "../engine/next-events.ts";
import type { RunState } from "../engine/state.ts";
import { Abort } from "../model/abort.ts";
import { RunbookError } from "../model/error.ts";
import type { Actor, Draft, RunEvent } from "../model/event.ts";
import { toJson, type JsonObject } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";
import type { Fake } from "./fake.ts";
import { createFakeWorld } from "./fake-world.ts";
import { createMemoryLog, type MemoryLog } from "./memory-log.ts";
import { createVirtualClock } from "./virtual-clock.ts";

/** A log that several engines and operators share, each of whom hears of what the others add. */
export interface SharedLog extends MemoryLog {
  readonly load: (root: string) => LoadedRuns;
  readonly watchForeignEvents: Host["watchForeignEvents"];
  /** Tells of everything that is stored from now on. */
  readonly watch: (tell: (events: readonly RunEvent[]) => void) => void;
}

/** `runbook` is the one that root runs follow; child runs follow those of its family. */
export function createSharedLog(runbook: Runbook, now: () => Date): SharedLog {
  const log = createMemoryLog(now);
  const watchers = new Set<(events: readonly RunEvent[]) => void>();

  function append(turn: Pick<Batch, "at" | "drafts" | "seen">): AppendResult {
    // What the stored log would refuse is refused before anything of the turn is kept.
    for (const { type, data } of turn.drafts) toJson(data, type);
    const committed = log.append(turn);
    if (committed.type === "stored") for (const tell of watchers) tell(committed.events);
    return committed;
  }

  return {
    ...log,
    append,
    watch: (tell) => void watchers.add(tell),
    load: (root) => {
      const family = log.runTree(root);
      if (family.length === 0) throw new RunbookError("RUN_UNKNOWN", `There is no run ${root}.`);
      return { runs: family.map((run) => memberOf(runbook, log.events(run))) };
    },
    watchForeignEvents: (seen, signal) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          watchers.delete(look);
          signal.removeEventListener("abort", stop);
        };
        const stop = (): void => {
          end();
          reject(signal.reason);
        };
        const look = (): void => {
          const news = log.after(seen);
          if (news.length === 0) return;
          end();
          resolve(news);
        };
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener("abort", stop, { once: true });
        watchers.add(look);
        look();
      }),
  };
}

function memberOf(runbook: Runbook, events: readonly RunEvent[]): LoadedRuns["runs"][number] {
  const [first] = events;
  const id = first?.type === "run.started" ? first.data.runbook.id : "";
  const own = runbook.family.get(id);
  if (own === undefined) throw new RunbookError("RUNBOOK_UNKNOWN", `There is no runbook \`${id}\`.`);
  return { runbook: own, events };
}

/** What a memory host does not know by itself. */
export interface MemoryHostDeps extends Pick<Host, "perform" | "probe" | "ids" | "clock"> {
  readonly log: SharedLog;
}

export function createMemoryHost({ log, ...world }: MemoryHostDeps): Host {
  return {
    ...world,
    load: async (root) => log.load(root),
    commit: async (turn) => log.append(turn),
    jumps: () => [],
    // What has no process cannot be taken up.
    hasProcess: async () => false,
    watchForeignEvents: log.watchForeignEvents,
  };
}

/** What is recorded of a wanted attempt to which a fake plays, in a world that has nothing else. */
export function playAlone(fake: Fake, state: RunState, pending: PendingStep): ReturnType<typeof runAttempt> {
  const { run, runbook } = state;
  const { id, step, input, started } = pending;
  const { attempt: number, key, at } = started ?? { attempt: 0, key: "", at: "" };
  const clock = createVirtualClock();
  const host = createMemoryHost({
    log: createSharedLog(runbook, clock.now),
    clock,
    ids: createMint(clock.now),
    ...createFakeWorld([fake], { runbookOf: () => runbook.id, clock }),
  });
  const attempt = { run, id, step, input, attempt: number, key, startedAt: at };
  return runAttempt({ host, state, pending, attempt, abort: new Abort() });
}

/** Names that are the same at every simulation; all engines of one take them from the same mint. */
export function createMint(now: () => Date): IdSource {
  let keys = 0;
  let runs = 0;
  return {
    now,
    key: () => {
      keys += 1;
      return `key-${keys}`;
    },
    run: () => {
      runs += 1;
      return `R-${String(runs).padStart(4, "0")}`;
    },
  };
}

/** The start of a run, as `run` would record it. */
export function startOf(runbook: Runbook, run: string, input: JsonObject, actor: Actor): Draft {
  const data = {
    runbook: { id: runbook.id, title: runbook.title, source: "0".repeat(64) },
    input,
    target: null,
    identity: null,
    tools: {},
    parent: null,
    steps: runbook.steps,
    criteria: runbook.criteria.map(({ id, title, step }) => ({ id, title, step })),
  };
  return { run, type: "run.started", actor, data };
}
