import type { RecordedAttempt } from "../model/attempts.ts";
import type { RunEvent, EventOf } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { isOf } from "../model/event.ts";
import { viewOf } from "../model/run-view.ts";
import { align, type AlignedItem } from "./aligned.ts";
import { changesIn, type ValueChange } from "./changes.ts";

/** What differed between two runs, child runs included. What is equal is left out, but for the path. */
export interface RunDiff {
  /** Runbook and its text, who started it, on what. */
  readonly circumstances: readonly ValueChange[];
  readonly inputs: readonly ValueChange[];
  /** What was done, in order: attempts with their outcomes, decisions, child runs. */
  readonly path: readonly AlignedItem[];
  /** Milliseconds of each step, all attempts together, where they differ by a second and a fifth. */
  readonly durations: readonly ValueChange[];
  readonly plans: readonly ValueChange[];
  /** How the runs ended, the criteria, and what each step returned in the end. */
  readonly outcomes: readonly ValueChange[];
}

type RunTreeEvents = readonly (readonly RunEvent[])[];

/** Compares two runs, each with its child runs in the order in which they started. */
export function diffRuns(one: RunTreeEvents, other: RunTreeEvents): RunDiff {
  const both = [one, other] as const;
  return {
    circumstances: changesOf(both, circumstancesOf),
    inputs: changesOf(both, inputsOf),
    path: align(pathOf(one), pathOf(other)),
    durations: changesOf(both, durationsOf).filter(isWorthShowing),
    plans: changesOf(both, plansOf),
    outcomes: changesOf(both, outcomesOf),
  };
}

function changesOf(
  both: readonly [RunTreeEvents, RunTreeEvents],
  read: (tree: RunTreeEvents) => Json,
): readonly ValueChange[] {
  return changesIn(read(both[0]), read(both[1]));
}

function startOf([root]: RunTreeEvents): EventOf<"run.started"> {
  const first = root?.[0];
  if (first !== undefined && isOf(first, "run.started")) return first;
  throw new Error("A run's record begins with its start.");
}

function circumstancesOf(tree: RunTreeEvents): Json {
  const { actor, data } = startOf(tree);
  const { runbook, target, identity, tools } = data;
  return {
    runbook: runbook.id,
    source: runbook.source,
    "started by": actor.id,
    identity,
    target: target === null ? null : { ...target },
    tools,
  };
}

function inputsOf(tree: RunTreeEvents): Json {
  return startOf(tree).data.input;
}

/** Steps of a child run carry the name of its runbook: the ids of two runs are never the same. */
function pathOf(tree: RunTreeEvents): readonly string[] {
  const names = namesOf(tree);
  const events = tree.flat().toSorted((one, other) => one.seq - other.seq);
  return events.flatMap((event) => {
    const told = momentOf(event);
    return told === null ? [] : [`${names.get(event.run) ?? ""}${told}`];
  });
}

/** `` for the run itself, `redis-sg: ` for a child run of that runbook. */
function namesOf(tree: RunTreeEvents): ReadonlyMap<string, string> {
  return new Map(
    tree.map((events, index) => {
      const { run, data } = startOf([events]);
      return [run, index === 0 ? "" : `${data.runbook.id}: `];
    }),
  );
}

function momentOf(event: RunEvent): string | null {
  if (isOf(event, "step.succeeded")) return `${event.data.step} succeeded`;
  if (isOf(event, "step.failed")) return `${event.data.step} failed: ${event.data.failure.code}`;
  if (isOf(event, "step.refused")) return `${event.data.step} not begun: ${event.data.failure.code}`;
  if (isOf(event, "step.cancelled")) return `${event.data.step} cancelled`;
  if (isOf(event, "step.inDoubt")) return `${event.data.step} in doubt`;
  if (isOf(event, "approval.granted")) return `${event.data.gate} approved`;
  if (isOf(event, "approval.denied")) return `${event.data.gate} rejected`;
  if (isOf(event, "decision.made")) return `${event.data.gate} chose ${event.data.choice}`;
  if (isOf(event, "input.given")) return `${event.data.gate} values given`;
  if (isOf(event, "gate.closed")) return `${event.data.gate} ${event.data.why}`;
  if (isOf(event, "child.started")) return `${event.data.step} child run of ${event.data.runbook}`;
  if (isOf(event, "child.ended")) return `${event.data.step} child run ${event.data.status}`;
  if (isOf(event, "timer.fired")) return "a wait was over";
  if (isOf(event, "run.interrupted")) return "interrupted";
  return isOf(event, "run.succeeded", "run.failed", "run.cancelled") ? event.type.replace(".", " ") : null;
}

function attemptsIn(tree: RunTreeEvents): readonly (RecordedAttempt & { readonly name: string })[] {
  const names = namesOf(tree);
  return tree.flatMap((events) =>
    viewOf(events).attempts.map((attempt) => ({
      ...attempt,
      name: `${names.get(attempt.run) ?? ""}${attempt.step}`,
    })),
  );
}

function durationsOf(tree: RunTreeEvents): Json {
  const sums: { [step: string]: number } = {};
  for (const { name, startedAt, endedAt } of attemptsIn(tree)) {
    if (endedAt !== null) sums[name] = (sums[name] ?? 0) + Date.parse(endedAt) - Date.parse(startedAt);
  }
  for (const { gate, openedAt, answer } of tree.flatMap((events) => viewOf(events).gates)) {
    const waited = answer === null ? 0 : Date.parse(answer.at) - Date.parse(openedAt);
    sums[`${gate.step}: waiting for an answer`] = waited;
  }
  const first = startOf(tree).at;
  const last = tree[0]?.at(-1)?.at ?? first;
  return { ...sums, "the whole run": Date.parse(last) - Date.parse(first) };
}

/** A step that only one of them has is told by the path. */
function isWorthShowing({ one, other }: ValueChange): boolean {
  if (typeof one !== "number" || typeof other !== "number") return false;
  return Math.abs(one - other) >= 1_000 && Math.abs(one - other) * 5 >= Math.max(one, other);
}

function plansOf(tree: RunTreeEvents): Json {
  return lastOutputs(tree, (kind) => kind === "terraform.plan");
}

function outcomesOf(tree: RunTreeEvents): Json {
  const [root = []] = tree;
  const { status, reason, criteria } = viewOf(root).summary;
  return {
    ended: status,
    because: reason,
    criteria: Object.fromEntries(criteria.map(({ id, verdict }) => [id, verdict])),
    output: lastOutputs(tree, (kind) => kind !== "terraform.plan"),
  };
}

/** What the last attempt of each step returned. */
function lastOutputs(tree: RunTreeEvents, isWanted: (kind: string) => boolean): Json {
  const kept = attemptsIn(tree).filter(({ start, output }) => isWanted(start.kind) && output !== null);
  return Object.fromEntries(kept.map(({ name, output }) => [name, output]));
}
