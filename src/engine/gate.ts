/** The gates that the engine opens, and what their digests bind. */
import { toFailure } from "../model/error.ts";
import { isDuration, toMilliseconds, type Duration } from "../model/duration.ts";
import { engineActor, type Draft, type Gate, type GateOption } from "../model/event.ts";
import { gateDigest, type GateQuestion } from "../model/gate-digest.ts";
import { digestOf, toJson, type Json, type JsonObject } from "../model/json.ts";
import { gateId } from "../model/state-ids.ts";
import type { Risk } from "../model/step.ts";
import { effectOf } from "../model/allowance.ts";
import { boundBy, coveringOf } from "./covering.ts";
import type { PendingStep } from "./pending.ts";
import type { Pending, RunState } from "./state.ts";

/** What was seen longer ago than this is not what is approved now; a gate may name another time. */
const approvalExpires = "30m";

/** An approval is for now: what was approved and not begun so long ago is asked about again. */
export const usableByDefault: Duration = "15m";

/** Whether it cannot be answered any more, and is to be opened anew. */
export function hasExpired({ expiresAt }: Pick<Gate, "expiresAt">, now: Date): boolean {
  return expiresAt !== null && new Date(expiresAt) <= now;
}

/** The gate that a step for people asks for. */
export function gateOf(
  state: RunState,
  { id, step, input }: Extract<Pending, { readonly type: "gate" }>,
  now: Date,
): Gate {
  const shown = input as JsonObject;
  const risk = (typeof shown["risk"] === "string" ? shown["risk"] : step.risk) as Risk;
  const kind = step.kind === "human.confirm" ? "approval" : step.kind === "human.input" ? "input" : "choice";
  const isApproval = kind === "approval";
  const expires = textOf(shown["expires"]);
  const usable = textOf(shown["usable"]) ?? "";
  const covering = coveringOf(state, { id, kind, risk }, shown);
  const allows = isApproval || covering.covers.length > 0;
  return {
    ...gateBody(state, id, {
      kind,
      title: textOf(shown["title"]) ?? id,
      shown,
      ...asksWhom(shown),
      usableFor: allows ? (isDuration(usable) ? usable : usableByDefault) : null,
      ...covering,
    }),
    options: kind === "choice" ? optionsOf(shown) : [],
    expiresAt: isApproval || expires !== undefined ? untilExpiry(expires ?? null, now) : null,
  };
}

/** Until when a gate may stay unanswered; an approval for half an hour where nothing else is said. */
export function untilExpiry(expires: string | null, now: Date): string {
  return new Date(now.getTime() + toMilliseconds(expires ?? approvalExpires)).toISOString();
}

function asksWhom({ approvers, approvals }: JsonObject): Pick<Gate, "approvers" | "approvals"> {
  const names = Array.isArray(approvers) ? approvers.filter((name) => typeof name === "string") : null;
  return {
    approvers: names ?? (approvers === "others" ? "others" : "anyone"),
    ...(typeof approvals === "number" && approvals > 1 ? { approvals } : {}),
  };
}

/** The parts of a gate that its digest binds. */
export function gateBody(
  state: RunState,
  step: string,
  body: Omit<GateQuestion, "gate" | "step" | "bound">,
): GateQuestion & Pick<Gate, "digest"> {
  const gate = gateId(step, (state.openings.get(step) ?? 0) + 1);
  const { runbook, input } = state.start;
  const asks = { gate, step, ...body, bound: { runbook: runbook.source, inputs: digestOf(input) } };
  return { ...asks, digest: gateDigest(state.run, asks) };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function optionsOf(shown: JsonObject): readonly GateOption[] {
  const options = Array.isArray(shown["options"]) ? shown["options"] : [];
  return (options as readonly JsonObject[]).map((option) => ({
    id: textOf(option["id"]) ?? "",
    label: textOf(option["label"]) ?? "",
    danger: option["danger"] === true,
    suggested: option["suggested"] === true,
    reasonNeeded: option["reasonNeeded"] === true,
    disabled: typeof option["disabled"] === "string" ? option["disabled"] : null,
  }));
}

/** The gate that asks what became of an interrupted write. */
export function doubtGate(state: RunState, pending: PendingStep, why: string): Draft {
  const done = { id: "done", label: "It took effect: continue as if it had returned" };
  const again = { id: "again", label: "It did not take effect: run it again" };
  const cancel = { id: "cancel", label: "Cancel the run" };
  const plain = { danger: true, suggested: false, reasonNeeded: true, disabled: null };
  const shown = toJson({
    title: `What became of ${pending.id}?`,
    summary: why,
    lines: [describe(pending.step, pending.input)],
  }) as JsonObject;
  const gate: Gate = {
    ...gateBody(state, pending.id, {
      kind: "inDoubt",
      title: `What became of ${pending.id}?`,
      shown,
      risk: pending.step.risk,
      usableFor: usableByDefault,
      ...doubtCovering(state, pending),
    }),
    options: [done, again, cancel].map((option) => ({ ...option, ...plain })),
    expiresAt: null,
  };
  return { run: state.run, type: "gate.opened", actor: engineActor, data: gate };
}

/** Whoever says that it did not take effect allows it once more, and is one of the people who might allow it before. */
function doubtCovering(
  { allowances }: RunState,
  { id, step, input, started }: PendingStep,
): Pick<Gate, "approvers" | "covers" | "binds"> {
  const former = allowances?.gates[allowances.effects[effectOf(id, started?.key ?? "")] ?? ""]?.gate;
  const isForOne = former?.approvals === undefined;
  return {
    approvers: former?.approvers ?? "anyone",
    covers: isForOne ? [{ state: id, times: 1, option: "again" }] : [],
    binds: boundBy(id, step, input),
  };
}

/** What a step would do, in one line, also when its own description fails. */
export function describe(step: PendingStep["step"], input: Json): string {
  try {
    // The runbook's mapper already parsed the input by the step's schema.
    return step.describe(input as never);
  } catch (error) {
    return toFailure(error).message;
  }
}
