import type { RunInspection } from "../../src/engine/inspect.ts";
import type { RunEvent } from "../../src/model/event.ts";
import type { ReportRecord } from "../../src/report/record.ts";
import { beginning, gate, scribe, started } from "./made-events.ts";

const kinds = [
  "http.probe",
  "logs.search",
  "elbv2.target-health",
  "ecs.describe-task-definition",
  "ecs.update-service",
  "ecs.await-deployment",
  "ec2.security-group-ingress",
  "terraform.inspect-lock",
  "terraform.force-unlock",
  "terraform.taint",
  "terraform.plan",
  "terraform.apply",
  "notify.webhook",
  "test.other",
];

/** What is looked at twice is compared, when something was changed in between. */
const attempts: readonly (readonly [kind: string, attempt: number, effect: "read" | "write"])[] = [
  ...kinds.map((kind) => [kind, 1, kind === "test.other" ? "write" : "read"] as const),
  ...["http.probe", "ecs.describe-task-definition", "ec2.security-group-ingress"].map(
    (kind) => [kind, 2, "read"] as const,
  ),
];

/** An output that has every field that any section reads, each of them the text. */
function output(text: string) {
  const names = [
    "arn",
    "family",
    "group",
    "source",
    "id",
    "who",
    "operation",
    "created",
    "verdict",
    "deploymentId",
  ];
  const more = [
    "taskDefinition",
    "outcome",
    "reason",
    "live",
    "error",
    "from",
    "to",
    "sha256",
    "path",
    "revision",
  ];
  const own = Object.fromEntries([...names, ...more].map((name) => [name, text]));
  const row = {
    ...own,
    address: text,
    action: text,
    actions: [text],
    error: text,
    rule: text,
    tolerated: true,
    asked: text,
    detail: text,
  };
  const lists = {
    resources: [row],
    checks: [row],
    confirmations: [row],
    signsOfLife: [{ sign: text, verdict: text, detail: text }],
  };
  const others = {
    secrets: [text],
    ruleIds: [text],
    assertions: [{ what: text, got: text, expected: text, pass: false }],
  };
  return {
    ...own,
    ...lists,
    ...others,
    locked: true,
    removed: true,
    lock: own,
    nextHolder: own,
    port: 1,
    count: 1,
    ok: false,
  };
}

/** A run in which every field that a person or the world fills in is this text. */
export function hostileRecord(text: string): ReportRecord {
  const actor = { kind: "human", id: text, identified: "claimed" } as const;
  const failure = { code: "UNEXPECTED", message: text, hint: text, data: { text } };
  const place = { account: text, region: text, dir: text, workspace: text, practice: text };
  const names = ["name.txt", "x.command.json", "y.json"].map((name) => ({
    name: `${text}${name}`,
    sha256: text,
    bytes: 1,
  }));
  const shown = { title: text, summary: text, lines: [text], [text]: text };
  const option = {
    id: text,
    label: text,
    danger: false,
    suggested: true,
    reasonNeeded: true,
    disabled: text,
  };
  const asking = { ...gate(text), title: text, shown, options: [option] };
  const answer = { gate: text, digest: "d".repeat(64), reason: text };
  const criterion = { id: "held", title: text, step: "http.probe" };
  const { events, add } = scribe("R-AAAA", {
    ...beginning,
    runbook: { id: text, title: text, source: text },
    input: { text },
    target: place,
    identity: text,
    tools: { terraform: { version: text, file: text }, node: text },
    steps: kinds.map((step) => ({ step, title: text })),
    criteria: [criterion],
  });
  add("lease.acquired", { epoch: 1, host: text, pid: 1, user: text });
  for (const [kind, attempt, effect] of attempts) {
    const start = { ...started(kind, kind, output(text), attempt), describe: text, effect };
    add("step.started", start, 1, actor);
    add("step.succeeded", { step: kind, attempt, output: output(text) });
    if (kind === "http.probe") Object.assign(events.at(-1) ?? {}, { artifacts: names });
  }
  add("criterion.evaluated", { id: "held", title: text, verdict: "pass", evidence: 4 });
  add("finding.recorded", { text, status: "confirmed", step: "http.probe" });
  add("step.started", { ...started("broken", text, text), describe: text });
  add("step.inDoubt", { step: "broken", attempt: 1, why: text });
  add("step.reconciled", { step: "broken", attempt: 1, verdict: "done", by: "operator", why: text });
  add("step.failed", { step: "broken", attempt: 1, failure });
  for (const [type, data] of [
    ["approval.granted", { ...answer, useBy: null }],
    ["approval.denied", answer],
    ["approval.revoked", answer],
    ["decision.made", { ...answer, choice: text, output: text }],
    ["input.given", { gate: text, digest: answer.digest, values: { [text]: text } }],
  ] as const) {
    add("gate.opened", asking);
    add(type, data as never, 40, actor);
  }
  add("run.interrupted", { reason: text }, 1, actor);
  add("run.resumed", { note: text }, 1, actor);
  add("run.faulted", { failure });
  add("timer.armed", { timer: text, due: "2025-10-07T14:00:00.000Z" });
  add("plan.used", { name: text, key: text });
  add("cancel.requested", { reason: text }, 1, actor);
  add("followUp.added", { id: text, title: text, owner: text, due: "2025-10-08T14:00:00.000Z" });
  add("run.cancelled", { reason: text, leftRunning: [text] });
  add("record.signedOff", { head: { seq: 1, hash: text }, reason: text }, 1, actor);
  add("record.exported", { to: text, runs: [text], withheld: [1] }, 1, actor);
  return {
    events: [events],
    artifact: async () =>
      Buffer.from(JSON.stringify({ file: text, args: [text], cwd: text, workspace: text })),
    verified: {
      events: events.length,
      head: { seq: 1, hash: text },
      checks: [{ name: text, verdict: "pass", detail: text }],
    },
  };
}

/** A state after each event in which everything is the text. */
export function hostileStates(events: readonly RunEvent[], text: string): readonly RunInspection[] {
  return events.map(({ run, rseq }) => ({
    run,
    rseq,
    runbook: { id: text, source: text },
    value: { [text]: text },
    context: { [text]: { [text]: text }, text },
    waitsFor: [{ type: "gate", id: text, intent: text }],
    withdrawn: [text],
    attempts: {},
    verdicts: { [text]: text },
    fault: { code: text, message: text, hint: text, data: {} },
    cancel: text,
    end: text,
  }));
}
