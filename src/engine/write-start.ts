/** How a write begins: with the approval that allows it, or else by asking for one, or not at all. */
import { writeNamed } from "../graph/covers.ts";
import { permitFor, type Permit } from "../model/allowance.ts";
import { RunbookError, toFailure, type Failure } from "../model/error.ts";
import { engineActor, type Draft, type EventData, type Gate } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { boundBy } from "./covering.ts";
import { describe, gateBody, untilExpiry, usableByDefault } from "./gate.ts";
import type { PendingStep } from "./pending.ts";
import type { Permission, RunState } from "./state.ts";

type WriteStart = Omit<EventData["step.started"], "binds" | "allowedBy" | "accepted">;

/** What is recorded of a write that the machine wants: its intent, a question, a refusal, or nothing while people are asked. */
export function writeStart(
  state: RunState,
  pending: PendingStep,
  start: WriteStart,
  now: Date,
): readonly Draft[] {
  const { allowances, run } = state;
  const { id, step, input, permission } = pending;
  if (allowances === null) return [{ run, type: "step.started", actor: engineActor, data: start }];
  // Once asked, only an answer lets it begin, whatever is approved elsewhere meanwhile.
  if (permission !== null && permission.granted === null) return [];
  const binds = boundBy(id, step, input);
  const accept = writeNamed(state.runbook, id)?.accept ?? null;
  const write = { step: id, key: start.key, risk: start.risk, binds, isAccepted: accept !== null };
  const permit = permitFor(allowances, write, now.toISOString());
  if ("by" in permit) {
    const allowed = permit.by === null ? {} : { allowedBy: permit.by };
    const accepted = accept === null ? {} : { accepted: accept };
    const data = { ...accepted, ...allowed, binds, ...start };
    return [...use(run, permission), { run, type: "step.started", actor: engineActor, data }];
  }
  if (permit.refused === "APPROVAL_VOID") return [refusal(state, pending, voidFailure(start, permit))];
  // It was given when it could no longer count.
  if (permission !== null) {
    const closed = { gate: permission.gate.gate, why: "approval expired" } as const;
    return [{ run, type: "gate.closed", actor: engineActor, data: closed }];
  }
  const gate = writeGate(state, pending, permit, now);
  return [{ run, type: "gate.opened", actor: engineActor, data: gate }];
}

/** Told with the intent that it allows, so that nobody takes it for unused. */
function use(run: string, permission: Permission | null): readonly Draft[] {
  if (permission === null || permission.granted === null) return [];
  const { gate, digest } = permission.gate;
  return [{ run, type: "approval.used", actor: engineActor, data: { gate, digest } }];
}

/** That a person has said no to a write, before it began. */
export function denial(state: RunState, pending: PendingStep, { gate, denied }: Permission): Draft {
  const { by, reason } = denied ?? { by: "", reason: "" };
  const message = `${by} rejected \`${pending.id}\` at gate \`${gate.gate}\`: ${reason}. Nothing has happened.`;
  return refusal(state, pending, toFailure(new RunbookError("APPROVAL_DENIED", message)));
}

function refusal({ run }: RunState, { id, step, input }: PendingStep, failure: Failure): Draft {
  const data = { step: id, kind: step.kind, describe: describe(step, input), failure };
  return { run, type: "step.refused", actor: engineActor, data };
}

function voidFailure(
  { step, describe: what }: WriteStart,
  { former }: Extract<Permit, { readonly refused: string }>,
): Failure {
  const gate = former === null ? "" : ` at gate \`${former}\``;
  const message = `\`${step}\` would ${what}, and that is not what was approved${gate}. Nothing has happened.`;
  return toFailure(new RunbookError("APPROVAL_VOID", message));
}

/** The question about a write that nothing allows: in its own words, to the people that were asked about it last. */
function writeGate(
  state: RunState,
  { id, step, input }: PendingStep,
  { refused, former }: Extract<Permit, { readonly refused: string }>,
  now: Date,
): Gate {
  const asked = state.allowances?.gates[former ?? ""]?.gate;
  const binds = boundBy(id, step, input);
  const title = `May \`${id}\` begin?`;
  const shown = {
    title,
    summary: describe(step, input),
    lines: [whyAsked(refused, former), ...linesOf(asked)],
    risk: step.risk,
    subject: Object.fromEntries(binds.map((one) => one.split(/:(.*)/s, 2))) as JsonObject,
  };
  const people = asked?.approvals === undefined ? {} : { approvals: asked.approvals };
  const body = gateBody(state, id, {
    kind: "approval",
    title,
    shown,
    risk: step.risk,
    approvers: asked?.approvers ?? "anyone",
    ...people,
    usableFor: asked?.usableFor ?? usableByDefault,
    covers: [{ state: id, times: 1 + (writeNamed(state.runbook, id)?.retries ?? 0) }],
    binds,
  });
  return { ...body, options: [], expiresAt: untilExpiry(null, now) };
}

function whyAsked(refused: string, former: string | null): string {
  if (former === null) return "No gate before it covers it, so it is asked about here.";
  if (refused === "APPROVAL_EXPIRED")
    return `It was approved at gate \`${former}\`, and the time in which that could be used is over.`;
  return `Gate \`${former}\` covered it last, and what was approved there is used up or was not about this.`;
}

/** What people were shown when they were asked about it last. */
function linesOf(asked: Gate | undefined): readonly string[] {
  if (asked?.kind !== "approval") return [];
  const { summary, lines } = asked.shown;
  const more = Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : [];
  return [
    `It was asked about before as: ${asked.title}`,
    ...(typeof summary === "string" ? [summary] : []),
    ...more,
  ];
}
