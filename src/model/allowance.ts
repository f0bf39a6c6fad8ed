/**
 * Which approval allows which write: one rule, for the engine before a write begins and for whoever verifies it later.
 * `verifier/verify.py` has it again, in its own words; a test holds both to the same verdicts.
 *
 * A1  A gate says which writes it covers, how often each, and what it is bound to. Only these are allowed by it.
 * A2  The intent of a write spends the approval, and has to come in its time. An attempt at the same effect, by its key,
 *     spends nothing.
 * A3  An approval is good for one visit of its gate, within its run, and until a migration.
 * A4  What is not covered is not allowed: never at high risk, at medium only where the runbook accepts that or the run
 *     was told to cancel and cleans up.
 */
import type { Draft, EventData, Gate } from "./event.ts";
import { exclusionOf } from "./may-approve.ts";
import type { Risk } from "./step.ts";

/** What a run's answers allow at a moment. */
export interface Allowances {
  readonly requester: string;
  readonly isPractice: boolean;
  readonly isCancelled: boolean;
  readonly inAdvance: readonly Risk[] | null;
  readonly gates: Readonly<Record<string, AnsweredGate>>;
  readonly grants: readonly WriteGrant[];
  /** Which gate allowed an effect. */
  readonly effects: Readonly<Record<string, string>>;
  /** Which gate allowed a state's write last. */
  readonly writes: Readonly<Record<string, string>>;
}

/** A gate, who has said yes at it, and how long all of them are good for. */
interface AnsweredGate {
  readonly gate: Gate;
  readonly by: readonly string[];
  readonly useBy: string | null;
}

/** What is left of an approval. */
interface WriteGrant {
  readonly gate: string;
  readonly step: string;
  /** How many more effects of each state it allows. */
  readonly left: Readonly<Record<string, number>>;
  readonly binds: readonly string[];
  readonly useBy: string | null;
}

/** A write that is about to begin, or that has begun. */
export interface Write {
  readonly step: string;
  readonly key: string;
  readonly risk: Risk;
  /** What it is about, as `plan:4f1c`. */
  readonly binds: readonly string[];
  /** Whether the runbook says why it may go without an approval. */
  readonly isAccepted: boolean;
}

/** The gate that allows a write, null where it needs none; or why it may not begin, and which gate covered it last. */
export type Permit =
  | { readonly by: string | null }
  | {
      readonly refused: "APPROVAL_MISSING" | "APPROVAL_EXPIRED" | "APPROVAL_VOID";
      readonly former: string | null;
    };

/** Before anything is known of a run. */
export const noAllowances: Allowances = {
  requester: "",
  isPractice: false,
  isCancelled: false,
  inAdvance: null,
  gates: {},
  grants: [],
  effects: {},
  writes: {},
};

/** Whether this write may begin at this time. */
export function permitFor(known: Allowances, write: Write, at: string): Permit {
  const { step, key, binds } = write;
  const named = known.grants.filter(
    ({ gate, left }) => gate === known.effects[effectOf(step, key)] || (left[step] ?? 0) > 0,
  );
  const timely = named.filter(({ useBy }) => !isPast(at, useBy));
  const fitting = timely.findLast((grant) => binds.every((one) => grant.binds.includes(one)));
  if (fitting !== undefined) return { by: fitting.gate };
  if (needsNone(known, write)) return { by: null };
  const other = timely.find((grant) => binds.some((one) => isOther(grant, one)));
  if (other !== undefined) return { refused: "APPROVAL_VOID", former: other.gate };
  const former = (timely.at(-1) ?? named.at(-1))?.gate ?? known.writes[step] ?? null;
  const isLate = timely.length === 0 && named.length > 0;
  return { refused: isLate ? "APPROVAL_EXPIRED" : "APPROVAL_MISSING", former };
}

/** Attempts of one step with one key are one effect. */
export function effectOf(step: string, key: string): string {
  return `${step} ${key}`;
}

function needsNone({ isCancelled }: Allowances, { risk, isAccepted }: Write): boolean {
  return risk === "none" || risk === "low" || (risk === "medium" && (isAccepted || isCancelled));
}

/** Whether an approval showed another thing of the same name: another plan, say. */
function isOther({ binds }: WriteGrant, one: string): boolean {
  return !binds.includes(one) && binds.some((shown) => nameOf(shown) === nameOf(one));
}

function nameOf(bound: string): string | undefined {
  return bound.split(":")[0];
}

/** To the second: what is compared here may have been written down by two programs. */
function isPast(at: string, limit: string | null): boolean {
  return limit !== null && at.slice(0, 19) > limit.slice(0, 19);
}

/** An event as far as this rule needs it. */
export type TimedDraft = Draft & { readonly at: string };
type TimedDraftOf<T extends Draft["type"]> = Extract<TimedDraft, { readonly type: T }>;

/** What is allowed after an event. */
export function afterEvent(known: Allowances, event: TimedDraft): Allowances {
  switch (event.type) {
    case "run.started": {
      const { parent, target } = event.data;
      const requester = parent?.requester ?? event.actor.id;
      return { ...noAllowances, requester, isPractice: target !== null && target.practice !== null };
    }
    case "lease.acquired":
      return { ...known, inAdvance: event.data.approves ?? [] };
    case "cancel.requested":
      return { ...known, isCancelled: true };
    case "gate.opened":
      return opened(known, event.data);
    case "gate.closed":
    case "approval.denied":
    case "approval.revoked":
      return { ...known, grants: known.grants.filter(({ gate }) => gate !== event.data.gate) };
    case "approval.granted":
    case "decision.made":
      return answered(known, event);
    case "step.started":
      return begun(known, event.data);
    case "step.succeeded":
      return made(known, event.data);
    case "run.migrated":
      return { ...known, grants: [], effects: {}, writes: {} };
    default:
      return known;
  }
}

/** A new visit ends what the one before it allowed. */
function opened(known: Allowances, gate: Gate): Allowances {
  const gates = { ...known.gates, [gate.gate]: { gate, by: [], useBy: null } };
  return { ...known, gates, grants: known.grants.filter(({ step }) => step !== gate.step) };
}

function answered(known: Allowances, event: TimedDraftOf<"approval.granted" | "decision.made">): Allowances {
  const { actor, at, data } = event;
  const asked = known.gates[data.gate];
  if (asked === undefined || isPast(at, asked.gate.expiresAt)) return known;
  const { gate, by } = asked;
  if (exclusionOf(gate, { ...known, given: by }, actor) !== null) return known;
  const useBy = [asked.useBy, data.useBy].flatMap((one) => one ?? []).toSorted()[0] ?? null;
  const now: AnsweredGate = { gate, by: [...by, actor.id], useBy };
  const gates = { ...known.gates, [data.gate]: now };
  if (now.by.length < (gate.approvals ?? 1)) return { ...known, gates };
  const grant = grantOf(now, event.type === "decision.made" ? event.data.choice : null);
  return { ...known, gates, grants: [...known.grants, grant] };
}

function grantOf({ gate, useBy }: AnsweredGate, choice: string | null): WriteGrant {
  const covered = (gate.covers ?? []).filter(({ option = null }) => option === choice);
  const left = Object.fromEntries(covered.map(({ state, times }) => [state, times]));
  return { gate: gate.gate, step: gate.step, left, binds: gate.binds ?? [], useBy };
}

function begun(known: Allowances, { step, key, allowedBy }: EventData["step.started"]): Allowances {
  const effect = effectOf(step, key);
  if (allowedBy === undefined || known.effects[effect] === allowedBy) return known;
  const spent = (left: WriteGrant["left"]) => ({ ...left, [step]: (left[step] ?? 0) - 1 });
  return {
    ...known,
    grants: known.grants.map((one) => (one.gate === allowedBy ? { ...one, left: spent(one.left) } : one)),
    effects: { ...known.effects, [effect]: allowedBy },
    writes: { ...known.writes, [step]: allowedBy },
  };
}

/** What an approved write has made may be used by the next one that the same approval covers. */
function made(known: Allowances, { step, made: things = [] }: EventData["step.succeeded"]): Allowances {
  if (things.length === 0) return known;
  const gate = known.writes[step];
  const grants = known.grants.map((one) =>
    one.gate === gate ? { ...one, binds: [...one.binds, ...things] } : one,
  );
  return { ...known, grants };
}
