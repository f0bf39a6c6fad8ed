/** What was approved is what was shown, and what was applied is what was approved. */
import { isOf, type Gate, type RunEvent } from "../model/event.ts";
import { canonical, digestOf, type Json, type JsonObject } from "../model/json.ts";
import type { Check } from "../model/verify.ts";
import { subjects, wrongAt, type Followed } from "./allowed.ts";
import type { Own } from "./submission.ts";

/** What was looked at before records said which writes an approval covers. */
const formerly: readonly string[] = ["terraform.apply", "terraform.force-unlock"];

/** A clock may tick between the look at it and the storing. */
const tolerance = 1_000;

interface Grant {
  readonly gate: Gate;
  readonly useBy: string | null;
}

interface Seen {
  readonly gates: Map<string, Gate>;
  readonly grants: Map<string, Grant>;
  readonly used: Set<string>;
  readonly followed: Followed;
  /** Writes that are judged as before approvals covered writes. */
  readonly older: Set<number>;
  /** Some data is withheld, so what is not found may be there. */
  readonly blind: boolean;
}

type Finding = { readonly verdict: "fail" | "unknown"; readonly detail: string } | undefined;
type Answer = Extract<
  RunEvent,
  { readonly type: "approval.granted" | "approval.denied" | "decision.made" | "input.given" }
>;

export function approvalsCheck(own: readonly Own[]): Check {
  const name = "approvals are bound to what was shown and applied";
  const blind = own.some(({ event }) => event === null);
  const followed: Followed = { allowances: new Map(), covering: new Set(), accepted: [] };
  const seen: Seen = {
    gates: new Map(),
    grants: new Map(),
    used: new Set(),
    followed,
    older: new Set(),
    blind,
  };
  const found = own.map(({ event }) => (event === null ? undefined : look(event, seen)));
  const worst = found.find((one) => one?.verdict === "fail") ?? found.find((one) => one !== undefined);
  if (worst !== undefined) return { name, ...worst };
  const withheld = "some data is withheld, so gates and answers may be missing";
  if (blind) return { name, verdict: "unknown", detail: withheld };
  return { name, verdict: "pass", detail: summaryOf(seen) };
}

function summaryOf({ gates, used, followed: { accepted }, older }: Seen): string {
  const known = `${gates.size} gates, ${used.size} approvals used`;
  const free =
    accepted.length === 0 ? "" : `, without an approval as the runbook accepts: ${accepted.join(", ")}`;
  const before = older.size === 0 ? "" : `, ${older.size} writes from before approvals covered writes`;
  return known + free + before;
}

function look(event: RunEvent, seen: Seen): Finding {
  const { covering } = seen.followed;
  const wrong = wrongAt(event, seen.followed);
  const found = lookAt(event, seen, covering.has(event.run));
  if (found !== undefined || wrong === null) return found;
  return seen.blind ? { verdict: "unknown", detail: `event ${event.seq}: ${wrong}` } : fail(event.seq, wrong);
}

function lookAt(event: RunEvent, seen: Seen, isCovering: boolean): Finding {
  if (isOf(event, "gate.opened")) return openedGate(event, seen);
  if (isOf(event, "gate.closed", "approval.revoked")) seen.grants.delete(`${event.run}/${event.data.gate}`);
  if (isOf(event, "approval.granted", "approval.denied", "decision.made", "input.given"))
    return answer(event, seen);
  if (isOf(event, "approval.used") && isCovering) seen.used.add(`${event.run}/${event.data.gate}`);
  return isOf(event, "step.started") && !isCovering ? write(event, seen) : undefined;
}

function openedGate({ run, seq, data }: Extract<RunEvent, { type: "gate.opened" }>, seen: Seen): Finding {
  seen.gates.set(`${run}/${data.gate}`, data);
  const { digest, options: _options, expiresAt: _expiresAt, ...asked } = data;
  const found = digestOf({ ...asked, run });
  if (found === digest) return undefined;
  return fail(seq, `gate \`${data.gate}\`: expected the digest ${digest} of what was shown, got ${found}`);
}

function answer(event: Answer, { gates, grants, blind }: Seen): Finding {
  const { run, seq, at, data } = event;
  const gate = gates.get(`${run}/${data.gate}`);
  if (gate === undefined) return blind ? undefined : fail(seq, `gate \`${data.gate}\` was never opened`);
  if (gate.digest !== data.digest)
    return fail(seq, `gate \`${data.gate}\`: expected the digest ${gate.digest}, got ${data.digest}`);
  if (isPast(at, gate.expiresAt)) return fail(seq, `gate \`${data.gate}\` had expired at ${gate.expiresAt}`);
  if (isOf(event, "approval.granted"))
    grants.set(`${run}/${data.gate}`, { gate, useBy: event.data.useBy ?? null });
  return undefined;
}

function write(event: Extract<RunEvent, { type: "step.started" }>, seen: Seen): Finding {
  const { run, seq, at, data } = event;
  if (data.effect === "write") seen.older.add(seq);
  const [key, field] = subjects[data.kind] ?? [];
  if (key === undefined || field === undefined || !formerly.includes(data.kind)) return undefined;
  const value = (data.input as JsonObject)[field];
  const ofRun = [...seen.grants].filter(([name]) => name.startsWith(`${run}/`));
  const grants = ofRun.filter(([, { gate }]) => subjectOf(gate, key) === value);
  if (grants.length === 0) {
    const asks = [...seen.gates].some(
      ([name, gate]) => name.startsWith(`${run}/`) && subjectOf(gate, key) !== undefined,
    );
    const what = `${key} ${canonical(value ?? null)}`;
    if (!seen.blind && asks) return fail(seq, `${what} was not approved`);
    return { verdict: "unknown", detail: `event ${seq}: no approval of ${what} is here` };
  }
  const late = grants.find(([name, { useBy }]) => !seen.used.has(name) && isPast(at, useBy));
  for (const [name] of grants) seen.used.add(name);
  return late === undefined ? undefined : fail(seq, `the approval was to be used by ${late[1].useBy}`);
}

function subjectOf({ shown }: Gate, key: string): Json | undefined {
  const subject = shown["subject"] as JsonObject | undefined;
  return subject?.[key];
}

function isPast(at: string, limit: string | null): boolean {
  return limit !== null && Date.parse(at) > Date.parse(limit) + tolerance;
}

function fail(seq: number, what: string): Finding {
  return { verdict: "fail", detail: `event ${seq}: ${what}` };
}
