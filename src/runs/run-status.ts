import { counted } from "../model/counted.ts";
import type { Gate } from "../model/event.ts";
import { rests, summarise, type RunSummary, type StepSummary } from "../model/summary.ts";
import { isOwnerAlive } from "./store-options.ts";
import type { Lease } from "../store/leases.ts";
import type { Store } from "../store/store.ts";
import { familyOf } from "./find-run.ts";
import { utc } from "../cli/view/print.ts";
import { commandsOf } from "../cli/view/pause.ts";

/** An open gate and the run of the family that opened it. */
export interface OpenGate {
  readonly summary: RunSummary;
  readonly gate: Gate;
}

/** Where a run stands just now, its child runs included. */
export interface Standing {
  readonly summary: RunSummary;
  readonly inside: readonly RunSummary[];
  readonly gates: readonly OpenGate[];
  /** The engine that drives it; null when none does. */
  readonly engine: Lease | null;
  /** One word, and what it needs to be understood. */
  readonly state: State;
  readonly detail: string;
  /** What to type next. */
  readonly next: string;
}

type State = "running" | "waiting" | "interrupted" | "faulted" | "succeeded" | "failed" | "cancelled";

/** Reads a run and its child runs and says where they stand. */
export function standingOf(store: Store, run: string, now: Date): Standing {
  const [root, ...inside] = familyOf(store, run, store.log.glance).map(({ events }) => summarise(events));
  if (root === undefined) throw new Error(`Run ${run} is in the list but has no events.`);
  const open = [root, ...inside].filter(({ endedAt }) => endedAt === null);
  const gates = open.flatMap((summary) => summary.gates.map((gate) => ({ summary, gate })));
  const lease = store.leases.find(store.find(run)?.root ?? run);
  const engine = lease !== undefined && lease.expiresAt > now && isOwnerAlive(lease.owner) ? lease : null;
  const state = stateOf(root, open, engine);
  const facts = { summary: root, inside, gates, engine, state };
  return { ...facts, detail: detailOf(facts, open), next: nextOf(facts, open) };
}

function stateOf(root: RunSummary, open: readonly RunSummary[], engine: Lease | null): State {
  if (root.endedAt !== null && root.status !== "running" && root.status !== "waiting") return root.status;
  if (open.some(({ fault }) => fault !== null)) return "faulted";
  if (open.some(({ status }) => status === "waiting")) return "waiting";
  return engine === null ? "interrupted" : "running";
}

type Facts = Omit<Standing, "detail" | "next">;

function detailOf({ summary, gates, state }: Facts, open: readonly RunSummary[]): string {
  switch (state) {
    case "succeeded":
      return summary.followUps.length === 0 ? "" : `${counted(summary.followUps.length, "follow-up")} open`;
    case "failed":
    case "cancelled":
      return summary.reason ?? "";
    case "faulted":
      return open.find(({ fault }) => fault !== null)?.fault?.message ?? "";
    case "waiting": {
      const due = open.flatMap(({ timers }) => timers.map((timer) => timer.due)).toSorted()[0];
      if (gates.length === 0) return due === undefined ? "" : `until ${utc(due)}`;
      return `for ${gates.map(({ gate }) => (gate.kind === "approval" ? "an approval" : "a decision")).join(" and ")}`;
    }
    case "interrupted":
      return "no engine drives it; nothing that was recorded is lost";
    case "running":
      return "";
  }
}

function nextOf({ summary, gates, engine, state }: Facts, open: readonly RunSummary[]): string {
  const { run } = summary;
  if (state === "succeeded" || state === "failed" || state === "cancelled") return `runwright report ${run}`;
  if (state === "faulted") return `runwright resume ${run} --migrate`;
  const [first] = gates;
  if (first !== undefined) return answerCommand(first);
  if (engine !== null) return `runwright timeline ${run}`;
  const isEarly = open.some(rests);
  return isEarly ? `runwright resume ${run}   (when it is due)` : `runwright resume ${run}`;
}

/** The command that answers a gate: for a choice the suggested one. */
function answerCommand({ summary: { run }, gate }: OpenGate): string {
  const commands = commandsOf(run, gate);
  const suggested = gate.options.find((option) => option.suggested)?.id;
  const [, command] = commands.find(([label]) => label === `${suggested}:`) ?? commands[0] ?? [];
  return command ?? `runwright status ${run}`;
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
