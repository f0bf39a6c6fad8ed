import type { Gate } from "../model/event.ts";
import { summarise, type RunSummary, type StepSummary } from "../model/summary.ts";
import type { Lease } from "../store/leases.ts";
import type { Store } from "../store/store.ts";
import { runTreeOf } from "./find-run.ts";

/** An open gate and the run of the tree that opened it. */
export interface OpenGate {
  readonly summary: RunSummary;
  readonly gate: Gate;
}

/** Where a run stands just now, its child runs included. */
export interface RunStatus {
  readonly summary: RunSummary;
  /** The child runs inside it, in the order in which they started. */
  readonly inside: readonly RunSummary[];
  readonly gates: readonly OpenGate[];
  /** The lease of the engine that drives it; null when none does. */
  readonly engine: Lease | null;
  readonly state: RunStateName;
}

/** `interrupted`: unfinished, and nobody drives it; `faulted`: its runbook threw where it may not. */
export type RunStateName =
  "running" | "waiting" | "interrupted" | "faulted" | "succeeded" | "failed" | "cancelled";

/** Reads a run and its child runs and says where they stand. */
export function statusOf(store: Store, run: string): RunStatus {
  const [summary, ...inside] = runTreeOf(store, run, store.log.eventsUnverified).map(({ events }) =>
    summarise(events),
  );
  if (summary === undefined) throw new Error(`Run ${run} is in the list but has no events.`);
  const open = openRuns({ summary, inside });
  const gates = open.flatMap((one) => one.gates.map((gate) => ({ summary: one, gate })));
  const engine = engineOf(store, store.find(run)?.root ?? run);
  return { summary, inside, gates, engine, state: stateOf(summary, open, engine) };
}

/** The run and its child runs, as far as they have not ended. */
export function openRuns({ summary, inside }: Pick<RunStatus, "summary" | "inside">): readonly RunSummary[] {
  return [summary, ...inside].filter(({ endedAt }) => endedAt === null);
}

/** The lease under which a run is driven just now; null when nobody drives it. */
export function engineOf({ leases }: Pick<Store, "leases">, root: string): Lease | null {
  return leases.held(root) ?? null;
}

function stateOf(root: RunSummary, open: readonly RunSummary[], engine: Lease | null): RunStateName {
  if (root.endedAt !== null && root.status !== "running" && root.status !== "waiting") return root.status;
  if (open.some(({ fault }) => fault !== null)) return "faulted";
  if (open.some(({ status }) => status === "waiting")) return "waiting";
  return engine === null ? "interrupted" : "running";
}

/** The step that a run is at, and how far that is. */
export function currentStep(
  summary: RunSummary,
): { readonly step: StepSummary; readonly nth: number; readonly of: number } | undefined {
  const of = summary.steps.length;
  const busy = summary.steps.findLastIndex(({ status }) => /^(running|waiting|in doubt)$/.test(status));
  const index = busy >= 0 ? busy : summary.steps.findLastIndex(({ status }) => status !== "pending");
  const step = summary.steps[index];
  return step === undefined ? undefined : { step, nth: index + 1, of };
}

/** Where a run is taken up, for its record: `at 4/9 plan`. */
export function positionOf(summary: RunSummary): string {
  const current = currentStep(summary);
  return current === undefined
    ? "before its first step"
    : `at ${current.nth}/${current.of} ${current.step.step}`;
}
