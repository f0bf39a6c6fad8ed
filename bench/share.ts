/**
 * What the engine itself costs in the practice incident: the run's recorded outcomes are given to the engine again, at
 * once, on a real database, so that all that is left is its own work. The rest of the run's time is what a plain
 * script with the same steps would take. Beside it, the most memory that the engine's process had.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { drive } from "../src/engine/drive.ts";
import { decide } from "../src/engine/decide.ts";
import type { AttemptRequest, Host, AttemptOutcome } from "../src/engine/host.ts";
import { createLocalHost, type LocalHost } from "../src/host/local.ts";
import { evaluate } from "../src/loader/evaluate.ts";
import { isOf, type RunEvent } from "../src/model/event.ts";
import { practiceActor, practiceAnswer } from "../src/practice/operator.ts";
import { createRedactor } from "../src/redact/redactor.ts";
import { openBlobs } from "../src/store/blobs.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { goal, median } from "./support/figures.ts";
import { practise } from "./support/practise.ts";

const rounds = 5;
const dir = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
const { milliseconds, peak } = practise(dir);
const practised = open(dir);
const root = practised.list({ open: false, limit: 10 }).find(({ parent }) => parent === null);
if (root === undefined) throw new Error("The practice left no run.");
const members = practised.runTree(root.run).map(({ run }) => practised.log.events(run));
const [start] = members[0] ?? [];
if (start === undefined || !isOf(start, "run.started")) throw new Error("The practised run has no start.");
const { id, source } = start.data.runbook;
const text = Buffer.from(await openBlobs(practised).get(source)).toString();
const pinned = await evaluate(text, `${id}.ts`);

const own: number[] = [];
for (let round = 0; round < rounds; round += 1) own.push(await again());
console.log(`the practice run took ${(milliseconds / 1000).toFixed(1)} s`);
goal("engine / practice run", median(own) / milliseconds, { atMost: 0.02 });
goal("peak memory, MiB", peak, { atMost: 150 });

function open(place: string): Store {
  const now = (): Date => new Date();
  return openStore({
    file: path.join(place, "state.db"),
    anchors: path.join(place, "anchors"),
    now,
    isAlive: () => true,
  });
}

/** Milliseconds of the same run with every outcome known at once. */
async function again(): Promise<number> {
  const place = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
  const store = open(place);
  const outcomes = members.flatMap((events) => events.flatMap(outcomeOf));
  const clock = {
    now: () => new Date(),
    sleepUntil: async (due: Date, signal: AbortSignal) => {
      await sleep(Math.max(0, due.getTime() - Date.now()), undefined, { signal });
    },
  };
  const local = createLocalHost({
    store,
    clock,
    redactor: createRedactor(),
    env: process.env,
    fence: () => null,
    runbookOf: async (_run, [first]) => {
      const name = first !== undefined && isOf(first, "run.started") ? first.data.runbook.id : id;
      return pinned.family.get(name) ?? pinned;
    },
    onProgress: () => {},
  });
  const host: Host = { ...local, perform: async (attempt) => take(outcomes, attempt) };
  const run = local.ids.run();
  const drafts = [{ ...started(), run }];
  store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
  const before = performance.now();
  const end = await drive(host, run, {
    operator: practiceActor,
    wait: true,
    patience: 60_000,
    resumed: null,
    stop: new AbortController().signal,
    onEvents: (events) => answer(local, events),
  });
  if (end.type !== "ended" || end.status !== "succeeded")
    throw new Error(`The run ended otherwise: ${end.type}`);
  const elapsed = performance.now() - before;
  return elapsed - waits(store.log.events(run));
}

/** Milliseconds that the runbook itself wanted to wait. */
function waits(events: readonly RunEvent[]): number {
  const armed = new Map(
    events.flatMap((event) => (isOf(event, "timer.armed") ? [[event.data.timer, event.at]] : [])),
  );
  return events.reduce((sum, event) => {
    const from = isOf(event, "timer.fired") ? armed.get(event.data.timer) : undefined;
    return from === undefined ? sum : sum + Date.parse(event.at) - Date.parse(from);
  }, 0);
}

function started() {
  if (start === undefined || !isOf(start, "run.started")) throw new Error("The practised run has no start.");
  return { type: "run.started", actor: start.actor, data: start.data } as const;
}

interface Known {
  readonly step: string;
  readonly outcome: AttemptOutcome;
}

function outcomeOf(event: RunEvent): readonly Known[] {
  if (!isOf(event, "step.succeeded")) return [];
  const { step, output } = event.data;
  return [{ step, outcome: { type: "succeeded", output, artifacts: event.artifacts } }];
}

function take(outcomes: Known[], { id: step }: AttemptRequest): AttemptOutcome {
  const at = outcomes.findIndex((known) => known.step === step);
  const [known] = outcomes.splice(at, 1);
  if (at < 0 || known === undefined) throw new Error(`The practised run has no outcome of ${step}.`);
  return known.outcome;
}

/** Decisions are recorded as an operator's are, and found by the driver's own look at the log. */
function answer({ store, notice }: LocalHost, events: readonly RunEvent[]): void {
  for (const event of events) {
    if (!isOf(event, "gate.opened")) continue;
    const { run, data } = event;
    const decision = practiceAnswer(data);
    const deciding = { run, gate: data.gate, digest: null, decision, actor: practiceActor };
    const draft = decide(store.log.events(run), deciding, new Date());
    store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
    notice();
  }
}
