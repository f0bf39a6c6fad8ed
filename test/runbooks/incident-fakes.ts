import * as steps from "runwright/steps";
import { fails, fake, fakeAt, type Fake } from "runwright/testing";
import type { z } from "zod";
import { binding } from "../support/binding.ts";

const region = "eu-central-1";
const secret = "HUGGINGFACE_API_KEY";
const family = "arn:aws:ecs:eu-central-1:000000000000:task-definition/api";
const digest = "a".repeat(64);
const state = { serial: 7, lineage: "one-lineage" };

export const redisInput = {
  dir: "/infra",
  region,
  redisGroup: "sg-1",
  apiGroup: "sg-2",
  redisRuleAddress: "aws_vpc_security_group_ingress_rule.redis",
  healthUrl: "https://api.example.org/health",
};

export const secretInput = {
  ...redisInput,
  cluster: "main",
  service: "api",
  secretName: secret,
  taskDefinitionAddress: "aws_ecs_task_definition.api",
  logGroup: "/ecs/api",
  errorPattern: "no token",
  redisPattern: "redis timed out",
  targetGroup: "arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/api/1",
  predictUrl: "https://api.example.org/predict",
  modelsUrl: "https://api.example.org/models",
  apiKey: "env:API_KEY",
  webhook: "https://chat.example.org/hook",
};

export function answered(status: number): z.output<typeof steps.httpProbe.output> {
  const common = { attempts: 1, elapsedMs: 12, body: "{}", assertions: [], error: null };
  return { ok: status === 200, status, ...common };
}

export function found(count: number): z.output<typeof steps.logsSearch.output> {
  return {
    count,
    samples: [],
    from: "2025-01-01T00:00:00.000Z",
    to: "2025-01-01T01:00:00.000Z",
    truncated: false,
  };
}

export function revision(
  number: number,
  secrets: string[],
): z.output<typeof steps.describeTaskDefinition.output> {
  return {
    arn: `${family}:${number}`,
    family: "api",
    revision: number,
    status: "ACTIVE",
    secrets,
    containers: [],
  };
}

type Plan = z.output<typeof steps.terraformPlan.output>;

/** A plan that replaces the task definition by one with these secrets, or creates the rule. */
export function planned(address: string, after: string[] | null, add = 1): Plan {
  const isRule = after === null;
  return {
    file: "/plans/plan.tfplan",
    sha256: digest,
    terraformVersion: "1.10.0",
    standIn: false,
    ...state,
    binding,
    resources: [{ address, type: "any", action: isRule ? "create" : "replace", reason: "" }],
    drift: [],
    destroys: [],
    replacements: isRule ? [] : [address],
    add,
    change: 0,
    remove: 0,
    complete: false,
    applyable: true,
    changes: [{ address, attributes: [], secrets: isRule ? null : { before: [], after } }],
  };
}

function applied(address: string): z.output<typeof steps.terraformApply.output> {
  return {
    resources: [{ address, type: "any", action: "create", outcome: "applied", tolerated: false }],
    ...state,
    exitCode: 0,
    tolerated: [],
    confirmations: [{ address, by: "state", verdict: "confirmed", detail: "", arn: `${family}:2` }],
  };
}

const admits = { ruleIds: [], group: "sg-1", source: "sg-2", port: 6379, rules: 1 };
const holder = {
  id: "6c1a4d9e-0000-4000-8000-000000000000",
  who: "ci@runner",
  operation: "OperationTypeApply",
};
const lock: z.output<typeof steps.terraformInspectLock.output> = {
  locked: true,
  ...holder,
  version: "1.10.0",
  created: "2025-01-01T00:00:00.000Z",
  path: "s3://state",
  ageSeconds: 3_600,
  signsOfLife: [],
  verdict: "dead",
  changed: false,
};
const free = { ...lock, locked: false, id: null, who: null, operation: null, verdict: null };

export const unsaved = fails("TERRAFORM_STATE_UNSAVED");
const was = { serial: 7, lineage: "one-lineage" };
const none = { verdict: "none" as const, file: null, stored: was, added: [], removed: [], changed: [] };
const newer = {
  ...none,
  verdict: "newer" as const,
  file: { serial: 8, lineage: "one-lineage", sha256: digest, objects: 3 },
  added: [redisInput.redisRuleAddress],
};
const saveFakes: readonly Fake[] = [
  fakeAt("save-state/inspect", steps.terraformInspectErroredState, newer, none, {
    ...newer,
    verdict: "conflict",
  }),
  fakeAt("save-state/push", steps.terraformPushState, { serial: 8, lineage: "one-lineage", objects: 3 }),
];

const missing = planned(redisInput.redisRuleAddress, null);
const nothing = { ...planned(redisInput.redisRuleAddress, null, 0), resources: [] };

/** What the child runbook meets: first its usual way, then every other that is its own. */
const redisUsual: readonly Fake[] = [
  fakeAt(
    "redis-sg/ingress",
    steps.securityGroupIngress,
    { admitted: false, ...admits },
    { admitted: true, ...admits },
  ),
  fakeAt("redis-sg/plan", steps.terraformPlan, missing, nothing),
  fakeAt("redis-sg/apply", steps.terraformApply, applied(redisInput.redisRuleAddress)),
  ...saveFakes,
  fakeAt("redis-sg/admitted", steps.securityGroupIngress, { admitted: true, ...admits }),
  fakeAt("redis-sg/healthy", steps.httpProbe, answered(200)),
];

/** The same where terraform cannot save a state: alone, for inside of another runbook it has too many ways. */
export const redisFakes: readonly Fake[] = [
  fakeAt("redis-sg/plan", steps.terraformPlan, missing, nothing, unsaved),
  fakeAt("redis-sg/apply", steps.terraformApply, applied(redisInput.redisRuleAddress), unsaved),
  ...redisUsual,
];

export function rolledOut(outcome: "completed" | "failed"): z.output<typeof steps.awaitDeployment.output> {
  return {
    outcome,
    deploymentId: "ecs-svc/2",
    expected: `${family}:2`,
    live: `${family}:${outcome === "completed" ? 2 : 1}`,
    running: 1,
    desired: 1,
    failedTasks: 0,
    reason: outcome === "completed" ? "" : "tasks stopped",
    events: [],
    stopReasons: [],
    lastChangeAt: "2025-01-01T00:30:00.000Z",
  };
}

const replaced = planned(secretInput.taskDefinitionAddress, [secret]);

/** What `missing-secret` meets: first its usual way, then every other. */
export const secretFakes: readonly Fake[] = [
  ...redisUsual,
  fakeAt("symptom", steps.httpProbe, answered(500), answered(200)),
  fakeAt("live", steps.describeTaskDefinition, revision(1, []), revision(1, [secret])),
  fake(steps.terraformInit, {
    terraformVersion: "1.10.0",
    standIn: false,
    backend: { type: "s3", location: null },
  }),
  fake(steps.terraformInspectLock, lock, free),
  fake(steps.terraformForceUnlock, {
    removed: true,
    alreadyGone: false,
    lock: null,
    state: null,
    nextHolder: null,
  }),
  fakeAt("compare", steps.terraformPlan, replaced, planned(secretInput.taskDefinitionAddress, [])),
  fake(steps.terraformTaint, { address: secretInput.taskDefinitionAddress, alreadyTainted: false, ...state }),
  fake(steps.terraformPlan, replaced),
  fake(steps.terraformApply, applied(secretInput.taskDefinitionAddress)),
  fakeAt("created", steps.describeTaskDefinition, revision(2, [secret]), revision(2, [])),
  fake(steps.updateService, {
    deploymentId: "ecs-svc/2",
    taskDefinition: `${family}:2`,
    previousTaskDefinition: `${family}:1`,
    createdAt: "2025-01-01T00:20:00.000Z",
  }),
  fake(steps.awaitDeployment, rolledOut("completed"), rolledOut("failed")),
  fakeAt("redisLog", steps.logsSearch, found(3), found(0)),
  fakeAt("quiet", steps.logsSearch, found(0), found(1)),
  fake(steps.logsSearch, found(12)),
  fakeAt("verify", steps.httpProbe, answered(200), answered(500)),
  fake(steps.httpProbe, answered(200)),
  fake(steps.targetHealth, { healthy: 1, unhealthy: 0, targets: [] }),
  fake(steps.describeTaskDefinition, revision(2, [secret])),
  fake(steps.notifyWebhook, { status: 200 }),
];
