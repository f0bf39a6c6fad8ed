import { expect, test } from "vitest";
import { linesOf } from "../../../src/cli/view/event-lines.ts";
import { renderEnd } from "../../../src/cli/view/end.ts";
import { bare } from "../../../src/cli/view/render-context.ts";
import type { Actor, EventData, EventType, RunEvent } from "../../../src/model/event.ts";
import { ana, gate, rolloutFailed, start, Story } from "./story.ts";

/** The lines of one event in the middle of a run. */
function told<T extends EventType>(type: T, data: EventData[T], actor?: Actor, story = new Story()): string {
  story.add("gate.opened", gate());
  story.add("gate.opened", rolloutFailed);
  const event = story.add(type, data, actor === undefined ? {} : { actor });
  return lines(story, event);
}

function lines(story: Story, event: RunEvent, startedAt: string | null = null): string {
  return linesOf(event, {
    ...bare,
    width: 99,
    summary: story.summary,
    approves: [],
    now: story.now,
    gateOf: (name) => [gate(), rolloutFailed].find((known) => known.gate === name),
    startOf: () => startedAt,
  }).join("\n");
}

test("a failure says what, why, where the evidence is, and last what to do", () => {
  const story = new Story();
  const { at } = story.started("plan", "terraform.plan", "plan", {}, 2);
  const failure = {
    code: "TERRAFORM_LOCKED",
    message: "The state is locked by ci-runner-7.",
    hint: "Find out whether the holder is alive.",
    data: { lockId: "e55d2481", since: "11:02" },
  };
  const artifacts = [{ name: "stream", sha256: "0", bytes: 1 }];
  const event = story.add("step.failed", { step: "plan", attempt: 2, failure }, { artifacts, after: 4_200 });
  expect(lines(story, event, at).split("\n")).toEqual([
    `FAIL 5/11 plan failed (attempt 2)${" ".repeat(62)}4.2s`,
    "  FAILED  TERRAFORM_LOCKED",
    "  what      The state is locked by ci-runner-7.",
    "  why       lockId: e55d2481",
    "            since: 11:02",
    "  evidence  1 file: runwright logs R-7F3K plan",
    "  next      Find out whether the holder is alive.",
  ]);
});

test("decisions name who made them, and how sure that is, and why", () => {
  const bound = { gate: "approve", digest: "", useBy: null };
  const claimed: Actor = { kind: "human", id: "bob", identified: "claimed" };
  const scripted: Actor = { kind: "practice", id: "script", identified: "engine" };
  expect(told("approval.granted", { ...bound, reason: "looks right" }, ana)).toBe(
    'ok 6/11 approve approved by ana: "looks right"',
  );
  expect(told("approval.denied", { ...bound, reason: "no" }, claimed)).toBe(
    'FAIL 6/11 approve rejected by bob (claimed, not proven): "no"',
  );
  expect(told("approval.granted", { ...bound, reason: "" }, scripted)).toBe(
    "ok 6/11 approve approved by the practice operator (script)",
  );
  const choice = {
    gate: "rollout.decide",
    digest: "",
    choice: "redis",
    reason: "Redis times out",
    output: null,
  };
  expect(told("decision.made", choice, ana)).toBe(
    'ok 8/11 rollout ana chose redis: Run child runbook redis-sg; reason: "Redis times out"',
  );
  expect(told("input.given", { ...bound, values: { port: 6379, owner: "team" } }, ana)).toBe(
    "ok 6/11 approve answered by ana: port=6379, owner=team",
  );
  expect(told("gate.closed", { gate: "approve", why: "expired" })).toContain("the gate opens again");
});

test("what became of an interrupted step is said in plain words", () => {
  const doubt = { step: "apply", attempt: 1 };
  expect(told("step.inDoubt", { ...doubt, why: "The engine ended." })).toBe(
    "?? 7/11 apply IN DOUBT: it may or may not have taken effect. The engine ended.",
  );
  const done = { ...doubt, verdict: "done", by: "probe", why: "Revision 151 exists." } as const;
  expect(told("step.reconciled", done)).toContain(
    "it HAD taken effect, so it is not run again (the world was asked).",
  );
  const again = { ...doubt, verdict: "not done", by: "operator", why: "" } as const;
  expect(told("step.reconciled", again)).toContain(
    "it had NOT taken effect, so it runs again (the operator says so).",
  );
  const adopted = { ...doubt, verdict: "adopted", by: "process", why: "" } as const;
  expect(told("step.reconciled", adopted)).toContain("continued without us and is taken up again");
});

test("waits say until when, retries too", () => {
  const due = "2025-10-07T13:51:33.000Z";
  expect(told("timer.armed", { timer: "xstate.after.30000.missing-secret.plan.backoff", due })).toBe(
    ".. 5/11 plan tries again at 13:51:33 UTC (in 29s)",
  );
  expect(
    told("timer.armed", {
      timer: "xstate.after.watch.missing-secret.watch",
      due: "2025-10-09T13:51:00.000Z",
    }),
  ).toMatch(/^\.\. 11\/11 watch waiting until 2025-10-09 13:51:00 UTC \(in 47h59m\)$/);
});

test("findings, verdicts and follow-ups keep what is proven apart from what is not", () => {
  expect(told("finding.recorded", { text: "it is Redis", status: "hypothesis", step: "probe" })).toBe(
    "* finding (hypothesis): it is Redis",
  );
  const criterion = { id: "answers", title: "it answers", evidence: 3 };
  expect(told("criterion.evaluated", { ...criterion, verdict: "unknown" })).toBe(
    "?? criterion unknown: it answers",
  );
  expect(told("criterion.evaluated", { ...criterion, verdict: "fail" })).toBe(
    "FAIL criterion fail: it answers",
  );
  const followUp = { id: "pr", title: "Open a pull request", owner: "", due: "2025-10-08T00:00:00.000Z" };
  expect(told("followUp.added", followUp)).toBe(
    ".. follow-up open: Open a pull request (owner ?, due 2025-10-08)",
  );
});

test("an interruption says that nothing is lost and how to go on", () => {
  const text = told("run.interrupted", { reason: "stopped by SIGINT" }, ana);
  expect(text).toContain("R-7F3K interrupted: stopped by SIGINT");
  expect(text).toContain("everything up to 13:51:04 UTC at 6/11 approve");
  expect(text.split("\n").at(-1)).toBe("  next      runwright resume R-7F3K");
});

test("a broken runbook is told as such, a cancelled run says what it leaves running", () => {
  const failure = { code: "OUTPUT_MISSING", message: "No output.", hint: "Mend it.", data: {} };
  expect(told("run.faulted", { failure })).toContain("the runbook itself is broken; nothing is lost");
  const left = { reason: "enough", leftRunning: ["deployment ecs-svc/1"] };
  expect(told("run.cancelled", left)).toContain("R-7F3K left running: deployment ecs-svc/1");
  expect(told("cancel.requested", { reason: "enough" }, ana)).toContain("cancel requested by ana: enough");
  expect(told("run.resumed", { note: "again" }, ana)).toBe("> R-7F3K resumed by ana: again");
});

test("the end says what holds, what is open, and what to type next", () => {
  const story = new Story();
  story.add("criterion.evaluated", {
    id: "answers",
    title: "POST /predict answers 200",
    verdict: "pass",
    evidence: 2,
  });
  story.add("criterion.evaluated", {
    id: "revision",
    title: "the new revision is live",
    verdict: "fail",
    evidence: 2,
  });
  story.add("followUp.added", {
    id: "pr",
    title: "Open a pull request",
    owner: "ana",
    due: "2025-10-08T00:00:00.000Z",
  });
  story.add("run.failed", { reason: "success criteria are not met", criteria: ["revision"] });
  expect(renderEnd(story.summary, { approvals: 2 })).toEqual([
    "",
    "FAILED  R-7F3K  4.0s - 2 approvals",
    "  reason    success criteria are not met",
    "  criteria  1/2 pass",
    "  fail      the new revision is live",
    "  record    5 events, 0 evidence files",
    "  open      Open a pull request (owner ana, due 2025-10-08)",
    "  next      runwright report R-7F3K -o report.md",
    "  also      runwright show R-7F3K",
  ]);
});

test("a child run ends in one line", () => {
  const story = new Story("R-9K2P", { ...start, parent: { run: "R-7F3K", step: "redis", requester: "ana" } });
  const event = story.add("run.succeeded", { reason: "all criteria pass" });
  expect(lines(story, event).trim()).toMatch(/^ok missing-secret succeeded: all criteria pass +1\.0s$/);
});
