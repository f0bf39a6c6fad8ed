import { expect, test } from "vitest";
import {
  afterEvent,
  noAllowances,
  permitFor,
  type TimedDraft,
  type Write,
} from "../../src/model/allowance.ts";
import type { Actor, EventData, EventType, Gate } from "../../src/model/event.ts";

const ana: Actor = { kind: "human", id: "ana", identified: "os-user" };
const bob: Actor = { kind: "human", id: "bob", identified: "os-user" };
const engine: Actor = { kind: "engine", id: "runwright", identified: "engine" };

function told<T extends EventType>(
  type: T,
  data: Partial<EventData[T]>,
  actor = engine,
  at = "10:00",
): TimedDraft {
  return { run: "r1", type, actor, data, at: `2026-11-22T${at}:00.000Z` } as unknown as TimedDraft;
}

const started = told("run.started", { parent: null, target: null }, ana);
const covers = [
  { state: "apply", times: 1 },
  { state: "deploy", times: 1 },
];

function gate(more: Partial<Gate> = {}): TimedDraft {
  const data = { gate: "ask", step: "ask", risk: "high", approvers: "anyone", expiresAt: null } as const;
  return told("gate.opened", { ...data, covers, binds: ["plan:4f1c"], ...more });
}

function granted(actor = bob, useBy: string | null = null): TimedDraft {
  return told("approval.granted", { gate: "ask", useBy }, actor);
}

const apply: Write = { step: "apply", key: "k1", risk: "high", binds: ["plan:4f1c"], isAccepted: false };
const at = "2026-11-22T10:05:00.000Z";

function permit(write: Write, ...events: readonly TimedDraft[]) {
  return permitFor([started, ...events].reduce(afterEvent, noAllowances), write, at);
}

const begun = told("step.started", { step: "apply", key: "k1", allowedBy: "ask" });
const missing = { refused: "APPROVAL_MISSING", former: null };

test("an approval allows the writes that its gate covers, about what was shown", () => {
  expect(permit(apply)).toEqual(missing);
  expect(permit(apply, gate())).toEqual(missing);
  expect(permit(apply, gate(), granted())).toEqual({ by: "ask" });
  expect(permit({ ...apply, step: "other" }, gate(), granted())).toEqual(missing);
});

test("another plan than the one that was shown makes the approval void; what was not shown at all is asked about", () => {
  const other = { ...apply, binds: ["plan:9e02"] };
  expect(permit(other, gate(), granted())).toEqual({ refused: "APPROVAL_VOID", former: "ask" });
  const unshown = { ...apply, binds: ["taskDefinition:api:3"] };
  expect(permit(unshown, gate(), granted())).toEqual({ refused: "APPROVAL_MISSING", former: "ask" });
});

test("the intent spends the approval, once for an effect", () => {
  expect(permit(apply, gate(), granted(), begun)).toEqual({ by: "ask" });
  expect(permit({ ...apply, key: "k2" }, gate(), granted(), begun)).toEqual({ ...missing, former: "ask" });
  expect(permit({ ...apply, step: "deploy" }, gate(), granted(), begun)).toEqual({ by: "ask" });
});

test("what an approved write made may be used by the next one", () => {
  const deploy = { ...apply, step: "deploy", key: "k2", binds: ["taskDefinition:api:3"] };
  const done = told("step.succeeded", { step: "apply", made: ["taskDefinition:api:3"] });
  expect(permit(deploy, gate(), granted(), begun)).toMatchObject({ refused: "APPROVAL_MISSING" });
  expect(permit(deploy, gate(), granted(), begun, done)).toEqual({ by: "ask" });
});

test("the approval is to be used in its time, counted until the intent", () => {
  const used = "2026-11-22T10:05:00.000Z";
  expect(permit(apply, gate(), granted(bob, used))).toEqual({ by: "ask" });
  const late = granted(bob, "2026-11-22T10:04:59.000Z");
  expect(permit(apply, gate(), late)).toEqual({ refused: "APPROVAL_EXPIRED", former: "ask" });
  // The same effect again spends nothing, and has to be in time all the same.
  expect(permit(apply, gate(), late, begun)).toEqual({ refused: "APPROVAL_EXPIRED", former: "ask" });
});

test.each([
  ["a denial", told("approval.denied", { gate: "ask" }, bob)],
  ["a revocation", told("approval.revoked", { gate: "ask" }, bob)],
  ["the end of the gate", told("gate.closed", { gate: "ask", why: "expired" })],
  ["a migration", told("run.migrated", {})],
  ["the next visit", gate({ gate: "ask#2" })],
])("%s ends what is left of an approval", (_, event) => {
  expect(permit(apply, gate(), granted(), event)).toMatchObject({ refused: "APPROVAL_MISSING" });
});

test("an option allows only what it covers, and the others nothing", () => {
  const choice = gate({ covers: [{ state: "apply", times: 1, option: "redeploy" }] });
  const chosen = (option: string) => told("decision.made", { gate: "ask", choice: option, useBy: null }, bob);
  expect(permit(apply, choice, chosen("redeploy"))).toEqual({ by: "ask" });
  expect(permit(apply, choice, chosen("stop"))).toEqual(missing);
});

test("several people are several people, and the shortest time counts", () => {
  const two = gate({ approvals: 2 });
  expect(permit(apply, two, granted(bob))).toEqual(missing);
  expect(permit(apply, two, granted(bob), granted(bob))).toEqual(missing);
  expect(permit(apply, two, granted(bob), granted(ana))).toEqual({ by: "ask" });
  const late = granted(ana, "2026-11-22T10:04:00.000Z");
  expect(permit(apply, two, late, granted(bob))).toMatchObject({ refused: "APPROVAL_EXPIRED" });
});

const sudo: Actor = { ...bob, id: "root (SUDO_USER=ana)" };
const asBob: Actor = { ...bob, id: "root (SUDO_USER=bob)" };
const lease = told("lease.acquired", { approves: ["low"] });
const policy: Actor = { ...ana, kind: "policy" };

test.each<readonly [string, Partial<Gate>, readonly TimedDraft[]]>([
  ["the person who asked for the run", { approvers: "others" }, [granted(ana)]],
  ["the same person as another account", { approvers: "others" }, [granted(sudo)]],
  ["somebody who is not named", { approvers: ["cem"] }, [granted(bob)]],
  ["somebody who is named by a variable only", { approvers: ["bob"] }, [granted(asBob)]],
  ["one account that a variable makes two of", { approvals: 2 }, [granted(sudo), granted(asBob)]],
  ["an engine", {}, [granted(engine)]],
  ["the practice operator outside of practice", {}, [granted({ ...bob, kind: "practice" })]],
  ["a policy at high risk", {}, [granted(policy)]],
  ["a policy at a risk that was not approved in advance", { risk: "medium" }, [lease, granted(policy)]],
  [
    "a policy where two people have to approve",
    { risk: "low", approvals: 2 },
    [granted(policy), granted(bob)],
  ],
])("the answer of %s allows nothing", (_, more, answers) => {
  expect(permit(apply, gate(more), ...answers)).toEqual(missing);
});

test("an answer after the gate's own time allows nothing", () => {
  const late = gate({ expiresAt: "2026-11-22T09:59:00.000Z" });
  expect(permit(apply, late, granted())).toEqual(missing);
});

test("little harm needs no approval; medium needs one unless the runbook accepts it or the run cleans up", () => {
  const medium = { ...apply, risk: "medium" } as const;
  const cancel = told("cancel.requested", { reason: "stop" }, ana);
  expect(permit({ ...apply, risk: "low" })).toEqual({ by: null });
  expect(permit(medium)).toEqual(missing);
  expect(permit({ ...medium, isAccepted: true })).toEqual({ by: null });
  expect(permit(medium, cancel)).toEqual({ by: null });
  expect(permit({ ...apply, isAccepted: true }, cancel)).toEqual(missing);
});
