import { expect, test } from "vitest";
import { approvalsCheck } from "../../src/audit/approvals.ts";
import type { Actor, EventData, EventType, Gate, RunEvent } from "../../src/model/event.ts";
import { gateDigest } from "../../src/model/gate-digest.ts";

const person = (id: string): Actor => ({ kind: "human", id, identified: "os-user" });
const engine: Actor = { kind: "engine", id: "runwright", identified: "engine" };

function recordOf(told: readonly (readonly [EventType, Actor, unknown])[]) {
  return told.map(([type, actor, data], index) => {
    const at = `2026-11-22T10:00:${String(index).padStart(2, "0")}.000Z`;
    const event = { seq: index + 1, rseq: index + 1, run: "r1", type, actor, at, data } as RunEvent;
    return { seq: event.seq, run: "r1", type, event };
  });
}

const asked = {
  gate: "ask",
  step: "ask",
  kind: "approval",
  title: "Apply?",
  shown: { subject: { plan: "4f1c" } },
  risk: "high",
  approvers: "anyone",
  usableFor: "15m",
  bound: { runbook: "", inputs: "" },
} as const;

const covering = { covers: [{ state: "apply", times: 1 }], binds: ["plan:4f1c"] };

/** A run in which ana asked for something that somebody approved. */
function run(more: Partial<Gate>, answers: readonly Actor[], write: Partial<EventData["step.started"]> = {}) {
  const body = { ...asked, ...more };
  const digest = gateDigest("r1", body);
  const apply = { step: "apply", key: "k", effect: "write", risk: "high", kind: "terraform.apply" };
  const answer = { gate: "ask", digest, reason: "", useBy: "2026-11-22T10:15:00.000Z" };
  return approvalsCheck(
    recordOf([
      ["run.started", person("ana"), { parent: null, target: null }],
      ["gate.opened", engine, { ...body, digest, options: [], expiresAt: null }],
      ...answers.map((by) => ["approval.granted", by, answer] as const),
      ["approval.used", engine, { gate: "ask", digest }],
      ["step.started", engine, { ...apply, input: { sha256: "4f1c" }, ...write }],
    ]),
  );
}

const honest = { allowedBy: "ask", binds: ["plan:4f1c"] };

test("an approval by somebody who may, of what was begun, passes; an older record says that it is older", () => {
  const detail = "1 gate, 1 approval used";
  expect(run(covering, [person("bob")], honest)).toMatchObject({ verdict: "pass", detail });
  const older = `${detail}; 1 write recorded without naming a gate, as formerly: judged by what was shown`;
  expect(run({}, [person("bob")])).toMatchObject({ verdict: "pass", detail: older });
});

test.each<readonly [string, Partial<Gate>, readonly Actor[]]>([
  ["the person who asked for the run", { approvers: "others" }, [person("ana")]],
  ["one person twice", { approvals: 2 }, [person("bob"), person("bob")]],
  ["one of two people", { approvals: 2 }, [person("bob")]],
  ["somebody who is not listed", { approvers: ["cem"] }, [person("bob")]],
  ["a policy at high risk", {}, [{ ...person("ana"), kind: "policy" }]],
  ["the practice operator outside of practice", {}, [{ ...person("practice"), kind: "practice" }]],
  ["the engine", {}, [engine]],
])("a forged approval by %s is found, in older records too", (_, more, answers) => {
  expect(run({ ...covering, ...more }, answers, honest).verdict).toBe("fail");
  expect(run(more, answers).verdict).toBe("fail");
});

test.each<readonly [string, Partial<EventData["step.started"]>, RegExp]>([
  ["is about another plan", { ...honest, binds: ["plan:9e02"] }, /another was shown/],
  ["is not covered", { ...honest, step: "other" }, /no approval covers/],
  ["names no approval", { binds: honest.binds }, /names the approval of no gate/],
  ["hides what it is about", { ...honest, binds: [] }, /does not say that it is about plan:4f1c/],
])("a write that %s is found", (_, write, why) => {
  const { verdict, detail } = run(covering, [person("bob")], write);
  expect({ verdict, detail }).toMatchObject({ verdict: "fail", detail: expect.stringMatching(why) });
});

/** When everything happened, in the order of the events of `judged`. */
interface Times {
  readonly answered: string;
  readonly used: string;
  readonly expiresAt: string | null;
  readonly useBy: string | null;
}

/** A gate that was answered and used at these times; `older` records do not say when an approval was used. */
function judged({ answered, used, expiresAt, useBy }: Times, older = false) {
  const digest = gateDigest("r1", asked);
  const answer = { gate: "ask", digest, reason: "", useBy };
  const apply = { step: "apply", key: "k", effect: "write", risk: "high", kind: "terraform.apply" };
  const told = recordOf([
    ["run.started", person("ana"), { parent: null, target: null }],
    ["gate.opened", engine, { ...asked, digest, options: [], expiresAt }],
    ["approval.granted", person("bob"), answer],
    ...(older ? [] : [["approval.used", engine, { gate: "ask", digest }] as const]),
    ["step.started", engine, { ...apply, input: { sha256: "4f1c" } }],
  ]);
  const at = ["2026-11-22T09:00:00.000Z", "2026-11-22T09:00:00.000Z", answered, used, used];
  return approvalsCheck(
    told.map((one, index) => ({ ...one, event: { ...one.event, at: at[index] ?? used } as RunEvent })),
  );
}

const inTime: Times = {
  answered: "2026-11-22T10:00:00.000Z",
  used: "2026-11-22T10:10:00.000Z",
  expiresAt: "2026-11-22T10:00:00.000Z",
  useBy: "2026-11-22T10:10:00.000Z",
};

test.each([false, true])("an answer and a use in the last second pass, older record: %s", (older) => {
  expect(judged(inTime, older).verdict).toBe("pass");
  // A clock may tick between the look at it and the storing.
  const ticked = { ...inTime, answered: "2026-11-22T10:00:00.999Z", used: "2026-11-22T10:10:00.999Z" };
  expect(judged(ticked, older)).toMatchObject({ verdict: "pass" });
  expect(judged({ ...inTime, expiresAt: null, useBy: null }, older).verdict).toBe("pass");
});

test.each([false, true])("an answer after its gate had expired fails, older record: %s", (older) => {
  const { verdict, detail } = judged({ ...inTime, answered: "2026-11-22T10:00:01.001Z" }, older);
  expect({ verdict, detail }).toEqual({
    verdict: "fail",
    detail: "event 3: gate `ask` had expired at 2026-11-22T10:00:00.000Z",
  });
});

test.each([false, true])("an approval that is used after its time fails, older record: %s", (older) => {
  const { verdict, detail } = judged({ ...inTime, used: "2026-11-22T10:10:01.001Z" }, older);
  expect({ verdict, detail }).toEqual({
    verdict: "fail",
    detail: "event 4: the approval was to be used by 2026-11-22T10:10:00.000Z",
  });
});

test("of several people's approvals the one that ends first counts, whoever gave it", () => {
  const body = { ...asked, approvals: 2, ...covering };
  const digest = gateDigest("r1", body);
  const answer = (useBy: string) => ({ gate: "ask", digest, reason: "", useBy });
  const apply = { step: "apply", key: "k", effect: "write", risk: "high", kind: "terraform.apply" };
  const [early, late] = ["2026-11-22T09:00:00.000Z", "2026-11-22T11:00:00.000Z"];
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    const [first = "", second = ""] = order;
    const { verdict, detail } = approvalsCheck(
      recordOf([
        ["run.started", person("ana"), { parent: null, target: null }],
        ["gate.opened", engine, { ...body, digest, options: [], expiresAt: null }],
        ["approval.granted", person("bob"), answer(first)],
        ["approval.granted", person("cem"), answer(second)],
        ["approval.used", engine, { gate: "ask", digest }],
        ["step.started", engine, { ...apply, input: { sha256: "4f1c" }, ...honest }],
      ]),
    );
    expect({ verdict, detail }).toEqual({
      verdict: "fail",
      detail: `event 5: the approval was to be used by ${early}`,
    });
  }
});
