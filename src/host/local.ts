/** The first host: one `state.db`, processes of this machine, the AWS SDK. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { AttemptRequest, AppendResult, Host, LoadedRuns, Batch } from "../engine/host.ts";
import type { Clock } from "../model/clock.ts";
import { RunbookError, messageOf } from "../model/error.ts";
import { engineActor, type EventType, type RunEvent } from "../model/event.ts";
import { newRunId } from "../model/run-id.ts";
import { createWakeup, type Wakeup } from "../process/wakeup.ts";
import { deleteRawOutput, durableState, type AttemptDirectories } from "../process/durable.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { Runbook } from "../runbook/types.ts";
import { openBlobs, privateDirectory, type Blobs } from "../store/blobs.ts";
import type { Fence } from "../store/leases.ts";
import type { Store } from "../store/store.ts";
import { whoAmI } from "../system/account.ts";
import { perform, probe } from "./perform.ts";
import type { AttemptDeps } from "./step-context.ts";
import { performance } from "node:perf_hooks";
import { setImmediate as nextIteration } from "node:timers/promises";

export interface LocalHost extends Host {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly redactor: Redactor;
  /** Says that this process has added events by another way than a turn: whoever waits for others' events looks at once. */
  readonly notice: () => void;
}

export interface LocalOptions {
  readonly store: Store;
  /** The wall clock, which steps compare with times of the world. */
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The lease under which this process writes; null for one that only records decisions. */
  readonly fence: () => Fence | null;
  /** The runbook that a run is pinned to. */
  readonly runbookOf: (run: string, events: readonly RunEvent[]) => Promise<Runbook>;
  readonly onProgress: (run: string, step: string, line: string) => void;
}

/** How often another process's events are looked for; a look costs some microseconds. */
const pollMilliseconds = 100;

/** Events after which the anchor waits for the disk. */
const momentous = /^(run\.|gate\.opened|approval\.|decision\.)/;

export function createLocalHost(options: LocalOptions): LocalHost {
  const { store, clock, redactor, env } = options;
  const root = privateDirectory(store);
  const places: HostDirectories = { root, raw: rawRoot(env) };
  /** Attempts that asked where their files are; most run no command and never do. */
  const placed = new Map<string, AttemptRequest>();
  const blobs = openBlobs(store);
  const where = (attempt: AttemptRequest): AttemptDirectories & { readonly files: string } => {
    placed.set(`${attempt.run}/${attempt.id}`, attempt);
    return placeOf(places, attempt);
  };
  const wakeup = createWakeup();
  const letOthersIn = createYield();
  const around: AttemptDeps = {
    clock,
    redactor,
    blobs,
    env,
    where,
    claim: (attempt, name) => claim(options, attempt, name),
    onProgress: ({ run, id }, line) => options.onProgress(run, id, line),
  };
  return {
    store,
    blobs,
    redactor,
    clock: recordTime(store, clock),
    jumps: store.jumps,
    ids: { now: store.now, key: randomUUID, run: () => freeRunId(store) },
    load: (run) => load(options, run),
    commit: async (turn) => {
      const committed = commit(options, turn);
      await letOthersIn();
      if (committed.type === "conflict") return committed;
      // Raw output is needed until the outcome is stored: an engine that takes the attempt up reads it again.
      for (const { type, run, data } of turn.drafts) {
        if (type !== "step.succeeded" && type !== "step.failed" && type !== "step.cancelled") continue;
        const attempt = placed.get(`${run}/${data.step}`);
        placed.delete(`${run}/${data.step}`);
        if (attempt !== undefined) await deleteRawOutput(placeOf(places, attempt));
      }
      for (const { type, run } of turn.drafts) if (isEnd(type)) await forgetFiles(root, run);
      return committed;
    },
    perform: (attempt, abort) => perform(attempt, abort, around),
    probe: (attempt, signal) => probe(attempt, signal, around),
    hasProcess: async (attempt) => {
      const { dir } = where(attempt);
      // Every command is asked, so that each that has not begun is fenced off for good.
      const traces = commandsIn(dir).map((name) => durableState(dir, name));
      return traces.some((trace) => trace === "running" || trace === "exited" || trace === "lost");
    },
    notice: wakeup.wake,
    watchForeignEvents: (seen, signal) => foreignEvents(options, { seen, signal, wakeup }),
  };
}

/** Milliseconds, after which the time that is left is looked at again: the wall clock may have been set. */
const lookAgain = 30_000;

function recordTime({ now }: Store, wall: Clock): Clock {
  const before = (due: Date): number => due.getTime() - now().getTime();
  return {
    now,
    sleepUntil: async (due, signal) => {
      for (let left = before(due); left > 0; left = before(due))
        await wall.sleepUntil(new Date(wall.now().getTime() + Math.min(left, lookAgain)), signal);
    },
  };
}

function isEnd(type: EventType): boolean {
  return type === "run.succeeded" || type === "run.failed" || type === "run.cancelled";
}

/** Saved plans hold secrets in clear text: nothing of a run's own files outlives it; what matters of them is evidence. */
async function forgetFiles(root: string, run: string): Promise<void> {
  for (const kind of ["files", "children"]) {
    const dir = path.join(root, kind, run);
    // Most runs of steps that run no command have none, and to ask costs less than to remove nothing.
    if (existsSync(dir)) await rm(dir, { recursive: true, force: true });
  }
}

interface HostDirectories {
  readonly root: string;
  readonly raw: string;
}

/** Directories of one attempt: records of its processes, their raw output (kept apart), and its own files. */
function placeOf(
  { root, raw }: HostDirectories,
  { run, key, attempt }: Pick<AttemptRequest, "run" | "key" | "attempt">,
): AttemptDirectories & { readonly files: string } {
  return {
    dir: path.join(root, "children", run, key, String(attempt)),
    rawDir: path.join(raw, key, String(attempt)),
    files: path.join(root, "files", run, key),
  };
}

/** Raw output may hold secrets, so it lies in memory where the system offers that, and never beside the record. */
function rawRoot(env: LocalOptions["env"]): string {
  const base = env["XDG_RUNTIME_DIR"] ?? os.tmpdir();
  const root = path.join(base, `runwright-${whoAmI().uid}`);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const why = messageOf(cause);
    throw new RunbookError("STATE_UNWRITABLE", `\`${root}\` cannot be made: ${why}.`, {
      cause,
      hint: "Set `XDG_RUNTIME_DIR` or `TMPDIR` to a directory that you can write.",
    });
  }
  return root;
}

function commandsIn(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  const names = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  // A command that was fenced off and started anew has numbered folders.
  return [...new Set(names.map(({ name }) => name.replace(/\+\d+$/, "")))];
}

async function load(options: LocalOptions, root: string): Promise<LoadedRuns> {
  const { store } = options;
  const rows = store.runTree(root);
  if (rows.length === 0)
    throw new RunbookError("RUN_UNKNOWN", `There is no run ${root} in \`${store.file}\`.`);
  const runs = rows.map(async ({ run }) => {
    const events = store.log.events(run);
    return { events, runbook: await options.runbookOf(run, events) };
  });
  return { runs: await Promise.all(runs) };
}

function commit({ store, fence }: LocalOptions, turn: Batch): AppendResult {
  const committed = store.log.append(turn, fence());
  const last = committed.type === "stored" ? committed.events.at(-1) : undefined;
  if (committed.type === "stored" && last !== undefined) {
    const { seq, hash } = last;
    store.anchor.note(
      { seq, hash },
      committed.events.some(({ type }) => momentous.test(type)),
    );
  }
  return committed;
}

/** Records that `name` is taken by this key, once and for ever. */
async function claim(options: LocalOptions, attempt: AttemptRequest, name: string): Promise<void> {
  const holder = options.store.claimant(name);
  if (holder === attempt.key) return;
  if (holder !== undefined) {
    throw new RunbookError("ALREADY_CLAIMED", `\`${name}\` has been used before, by another step.`);
  }
  const data = { name, key: attempt.key };
  const drafts = [{ run: attempt.run, type: "plan.used", actor: engineActor, data }] as const;
  commit(options, { drafts, seen: new Map(), snapshots: new Map() });
}

interface ForeignWatch {
  readonly seen: ReadonlyMap<string, number>;
  readonly signal: AbortSignal;
  readonly wakeup: Wakeup;
}

async function foreignEvents(
  { store }: LocalOptions,
  { seen, signal, wakeup }: ForeignWatch,
): Promise<readonly RunEvent[]> {
  let looked = -1;
  for (;;) {
    const newest = store.lastSeq();
    const news = newest === looked ? [] : store.log.after(seen);
    looked = newest;
    if (news.length > 0) return news;
    await wakeup.wait(pollMilliseconds);
    signal.throwIfAborted();
  }
}

function freeRunId(store: Store): string {
  for (let tries = 0; ; tries += 1) {
    const run = newRunId(tries < 20 ? 4 : 6);
    if (store.find(run) === undefined) return run;
  }
}

/** For so many milliseconds turns may follow one another; to let others in after each took a twentieth of a step's time. */
const longest = 5;

/** What lets the event loop go round once, when it has not for a while: promises alone never do. */
function createYield(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longest) return;
    await nextIteration();
    last = performance.now();
  };
}
