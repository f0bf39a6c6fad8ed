import type { Draft, EventData, EventType, Gate, RunEvent, Actor } from "../../../src/model/event.ts";
import { engineActor } from "../../../src/model/event.ts";
import { digestOf, type Json, type JsonObject } from "../../../src/model/json.ts";
import { summarise, type RunSummary } from "../../../src/model/summary.ts";

export const ana: Actor = { kind: "human", id: "ana", identified: "os-user" };

const begun = Date.parse("2025-10-07T13:51:00.000Z");

export const start: EventData["run.started"] = {
  runbook: { id: "missing-secret", title: "Give a service its missing secret", source: "5c0e".repeat(16) },
  input: {},
  target: {
    account: "932100000000",
    region: "us-east-1",
    dir: "practice/terraform",
    workspace: "default",
    practice: "http://127.0.0.1:4566",
  },
  identity: "role/oncall",
  tools: { node: "v20.20.2", terraform: "1.11.4", standIn: true },
  parent: null,
  steps: [
    "probe",
    "lock",
    "unlock",
    "taint",
    "plan",
    "approve",
    "apply",
    "rollout",
    "redis",
    "verify",
    "watch",
  ].map((step) => ({ step, title: step })),
  criteria: [
    { id: "answers", title: "POST /predict answers 200", step: "verify" },
    { id: "revision", title: "the new revision is live", step: "rollout" },
  ],
};

/** Events of a run that nobody ran, one second apart unless told otherwise. */
export class Story {
  readonly run: string;
  readonly events: RunEvent[] = [];
  #at = begun;

  constructor(run = "R-7F3K", data: EventData["run.started"] = start) {
    this.run = run;
    this.add("run.started", data, { actor: ana });
  }

  get now(): Date {
    return new Date(this.#at);
  }

  get summary(): RunSummary {
    return summarise(this.events);
  }

  pass(ms: number): void {
    this.#at += ms;
  }

  add<T extends EventType>(
    type: T,
    data: EventData[T],
    more: {
      readonly actor?: Actor;
      readonly artifacts?: RunEvent["artifacts"];
      readonly after?: number;
    } = {},
  ): RunEvent {
    this.#at += more.after ?? 1_000;
    const draft = { run: this.run, type, data, actor: more.actor ?? engineActor } as unknown as Draft;
    const at = new Date(this.#at).toISOString();
    const rseq = this.events.length + 1;
    const stored = { v: 1, log: "log", seq: rseq, rseq, at, prev: "0", commitment: "0", hash: "0" } as const;
    const event: RunEvent = { ...draft, ...stored, artifacts: more.artifacts ?? [] };
    this.events.push(event);
    return event;
  }

  started(step: string, kind: string, describe: string, input: Json = {}, attempt = 1): RunEvent {
    const data = { step, kind, attempt, key: "key", effect: "read", risk: "none", describe, input } as const;
    return this.add("step.started", data);
  }

  succeeded(step: string, output: Json, after = 37_000): RunEvent {
    return this.add("step.succeeded", { step, attempt: 1, output }, { after });
  }
}

export const planOutput: JsonObject = {
  replacements: ["aws_ecs_task_definition.api"],
  destroys: [],
  drift: [],
  add: 2,
  change: 0,
  remove: 1,
  sha256: `9c1f0a7e${"0".repeat(56)}`,
};

export function gate(more: Partial<Gate> = {}): Gate {
  const shown: JsonObject = {
    title: "Apply this plan?",
    summary:
      "The live revision 150 has no HUGGINGFACE_API_KEY, the configuration has it since commit 4d1e9b2.",
    lines: [
      "replace aws_ecs_task_definition.api (tainted)",
      "  secrets: + HUGGINGFACE_API_KEY, 6 unchanged",
      "create  aws_ssm_parameter.flag",
      "Undo: point the service at revision 150 again (it is kept)",
    ],
    subject: { plan: planOutput["sha256"] ?? "", serial: 41 },
    verb: "apply",
    risk: "high",
    ...more.shown,
  };
  const body = { kind: "approval", title: "Apply this plan?", risk: "high", ...more, shown } as const;
  return {
    gate: "approve",
    step: "approve",
    options: [],
    expiresAt: "2025-10-07T14:31:00.000Z",
    digest: digestOf({ title: body.title, shown }),
    approvers: "anyone",
    usableFor: "15m",
    bound: { runbook: "5c0e".repeat(16), inputs: "1a2b".repeat(16) },
    ...body,
  };
}

export const rolloutFailed: Gate = gate({
  gate: "rollout.decide",
  step: "rollout.decide",
  kind: "choice",
  title: "The rollout was rolled back",
  risk: "none",
  expiresAt: null,
  shown: { title: "The rollout was rolled back", summary: "ECS gave up on revision 151.", lines: [] },
  options: [
    {
      id: "cancel",
      label: "Cancel the run",
      danger: true,
      suggested: false,
      reasonNeeded: true,
      disabled: null,
    },
    {
      id: "retry",
      label: "Try rollout again",
      danger: false,
      suggested: false,
      reasonNeeded: false,
      disabled: null,
    },
    {
      id: "redis",
      label: "Run child runbook redis-sg",
      danger: false,
      suggested: true,
      reasonNeeded: false,
      disabled: null,
    },
    {
      id: "skip",
      label: "Skip rollout",
      danger: true,
      suggested: false,
      reasonNeeded: true,
      disabled: "a later step needs it",
    },
  ],
});
