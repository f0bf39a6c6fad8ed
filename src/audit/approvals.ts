/** What was approved is what was shown, and what was applied is what was approved. */
import { isOf, type Gate, type RunEvent, type EventOf } from "../model/event.ts";
import { canonical, digestOf, type Json, type JsonObject } from "../model/json.ts";
import { counted } from "../model/counted.ts";
import type { Check } from "../model/verify.ts";
import { subjects, wrongAt, type FollowedAllowances } from "./allowed.ts";
import type { OwnEvent } from "./submission.ts";

/** What was looked at before records said which writes an approval covers. */
const formerly: readonly string[] = ["terraform.apply", "terraform.force-unlock"];

/** A clock may tick between the look at it and the storing. */
const tolerance = 1_000;

interface OpenGrant {
  readonly gate: Gate;
  readonly useBy: string | null;
}

interface ApprovalLedger {
  readonly gates: Map<string, Gate>;
  readonly grants: Map<string, OpenGrant>;
  readonly used: Set<string>;
  readonly followed: FollowedAllowances;
  /** Writes that are judged as before approvals covered writes. */
  readonly older: Set<number>;
  /** Some data is withheld, so what is not found may be there. */
  readonly blind: boolean;
}

type ApprovalFault = { readonly verdict: "fail" | "unknown"; readonly detail: string } | undefined;
type AnswerEvent = EventOf<"approval.granted" | "approval.denied" | "decision.made" | "input.given">;

export function approvalsCheck(own: readonly OwnEvent[]): Check {
  const name = "approvals are bound to what was shown and applied";
  const blind = own.some(({ event }) => event === null);
  const followed: FollowedAllowances = { allowances: new Map(), covering: new Set(), accepted: [] };
  const ledger: ApprovalLedger = {
    gates: new Map(),
    grants: new Map(),
    used: new Set(),
    followed,
    older: new Set(),
    blind,
  };
  const found = own.map(({ event }) => (event === null ? undefined : checkEvent(event, ledger)));
  const worst = found.find((one) => one?.verdict === "fail") ?? found.find((one) => one !== undefined);
  if (worst !== undefined) return { name, ...worst };
  const withheld = "some data is withheld, so gates and answers may be missing";
  if (blind) return { name, verdict: "unknown", detail: withheld };
  return { name, verdict: "pass", detail: summaryOf(ledger) };
}

function summaryOf({ gates, used, followed: { accepted }, older }: ApprovalLedger): string {
  const known = `${counted(gates.size, "gate")}, ${counted(used.size, "approval")} used`;
  const free =
    accepted.length === 0 ? "" : `, without an approval as the runbook accepts: ${accepted.join(", ")}`;
  const before =
    older.size === 0
      ? ""
      : `; ${counted(older.size, "write")} recorded without naming a gate, as formerly: judged by what was shown`;
  return known + free + before;
}

function checkEvent(event: RunEvent, ledger: ApprovalLedger): ApprovalFault {
  const { covering } = ledger.followed;
  const wrong = wrongAt(event, ledger.followed);
  const found = lookAt(event, ledger, covering.has(event.run));
  if (found !== undefined || wrong === null) return found;
  return ledger.blind
    ? { verdict: "unknown", detail: `event ${event.seq}: ${wrong}` }
    : fail(event.seq, wrong);
}

function lookAt(event: RunEvent, ledger: ApprovalLedger, isCovering: boolean): ApprovalFault {
  if (isOf(event, "gate.opened")) return checkGate(event, ledger);
  if (isOf(event, "approval.used")) {
    if (isCovering) ledger.used.add(`${event.run}/${event.data.gate}`);
    return checkUse(event, ledger);
  }
  if (isOf(event, "gate.closed", "approval.revoked")) ledger.grants.delete(`${event.run}/${event.data.gate}`);
  if (isOf(event, "approval.granted", "approval.denied", "decision.made", "input.given"))
    return checkAnswer(event, ledger);
  return isOf(event, "step.started") && !isCovering ? checkWrite(event, ledger) : undefined;
}

function checkGate({ run, seq, data }: EventOf<"gate.opened">, ledger: ApprovalLedger): ApprovalFault {
  ledger.gates.set(`${run}/${data.gate}`, data);
  const { digest, options: _options, expiresAt: _expiresAt, ...asked } = data;
  const found = digestOf({ ...asked, run });
  if (found === digest) return undefined;
  return fail(seq, `gate \`${data.gate}\`: expected the digest ${digest} of what was shown, got ${found}`);
}

function checkAnswer(event: AnswerEvent, { gates, grants, blind }: ApprovalLedger): ApprovalFault {
  const { run, seq, at, data } = event;
  const gate = gates.get(`${run}/${data.gate}`);
  if (gate === undefined) return blind ? undefined : fail(seq, `gate \`${data.gate}\` was never opened`);
  if (gate.digest !== data.digest)
    return fail(seq, `gate \`${data.gate}\`: expected the digest ${gate.digest}, got ${data.digest}`);
  if (isPast(at, gate.expiresAt)) return fail(seq, `gate \`${data.gate}\` had expired at ${gate.expiresAt}`);
  if (isOf(event, "approval.granted")) {
    const name = `${run}/${data.gate}`;
    // Several people's approvals are one, and usable as long as each of them is.
    const due = [grants.get(name)?.useBy, event.data.useBy].flatMap((one) => one ?? []);
    grants.set(name, { gate, useBy: due.toSorted()[0] ?? null });
  }
  return undefined;
}

/** Both times are the record's, as they were when the engine decided. */
function checkUse(
  { run, seq, at, data }: EventOf<"approval.used">,
  { grants, blind }: ApprovalLedger,
): ApprovalFault {
  const grant = grants.get(`${run}/${data.gate}`);
  if (grant === undefined) return blind ? undefined : fail(seq, `gate \`${data.gate}\` was not approved`);
  if (isPast(at, grant.useBy)) return fail(seq, `the approval was to be used by ${grant.useBy}`);
  return undefined;
}

function checkWrite(event: EventOf<"step.started">, ledger: ApprovalLedger): ApprovalFault {
  const { run, seq, at, data } = event;
  if (data.effect === "write") ledger.older.add(seq);
  const [key, field] = subjects[data.kind] ?? [];
  if (key === undefined || field === undefined || !formerly.includes(data.kind)) return undefined;
  const value = (data.input as JsonObject)[field];
  const ofRun = [...ledger.grants].filter(([name]) => name.startsWith(`${run}/`));
  const grants = ofRun.filter(([, { gate }]) => subjectOf(gate, key) === value);
  if (grants.length === 0) {
    const asks = [...ledger.gates].some(
      ([name, gate]) => name.startsWith(`${run}/`) && subjectOf(gate, key) !== undefined,
    );
    const what = `${key} ${canonical(value ?? null)}`;
    if (!ledger.blind && asks) return fail(seq, `${what} was not approved`);
    return { verdict: "unknown", detail: `event ${seq}: no approval of ${what} is here` };
  }
  const late = grants.find(([name, { useBy }]) => !ledger.used.has(name) && isPast(at, useBy));
  for (const [name] of grants) ledger.used.add(name);
  return late === undefined ? undefined : fail(seq, `the approval was to be used by ${late[1].useBy}`);
}

function subjectOf({ shown }: Gate, key: string): Json | undefined {
  const subject = shown["subject"] as JsonObject | undefined;
  return subject?.[key];
}

function isPast(at: string, limit: string | null): boolean {
  return limit !== null && Date.parse(at) > Date.parse(limit) + tolerance;
}

function fail(seq: number, what: string): ApprovalFault {
  return { verdict: "fail", detail: `event ${seq}: ${what}` };
}
