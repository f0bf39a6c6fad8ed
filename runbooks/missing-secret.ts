import { runbook, secretReference } from "runwright";
import {
  arnOf,
  awaitDeployment,
  describeTaskDefinition,
  httpProbe,
  lockForReview,
  logsSearch,
  notifyWebhook,
  planForReview,
  targetHealth,
  terraformApply,
  terraformForceUnlock,
  terraformInit,
  terraformInspectLock,
  terraformPlan,
  terraformTaint,
  updateService,
} from "runwright/steps";
import { z } from "zod";
import { redisSg } from "./redis-sg.ts";

const Input = z.strictObject({
  dir: z.string().describe("the directory of the terraform configuration"),
  workspace: z.string().default("default"),
  region: z.string(),
  cluster: z.string(),
  service: z.string(),
  secretName: z.string().describe("the secret that the tasks lack"),
  taskDefinitionAddress: z.string().describe("the task definition's address in the configuration"),
  mode: z
    .enum(["taint", "replace"])
    .default("taint")
    .describe("how the replacement is asked for; `replace` is safer"),
  targets: z.array(z.string()).default([]).describe("plan only these addresses"),
  tolerate: z.array(z.string()).default([]).describe("unrelated addresses whose failure does not matter"),
  logGroup: z.string(),
  errorPattern: z.string().describe("what the log says while the secret is missing"),
  redisPattern: z.string().describe("what the log says when Redis cannot be reached"),
  redisGroup: z.string(),
  apiGroup: z.string(),
  redisPort: z.int().default(6379),
  redisRuleAddress: z.string(),
  targetGroup: z.string(),
  predictUrl: z.url(),
  predictBody: z.string().default("{}"),
  expectJson: z.record(z.string(), z.string()).default({}).describe("paths in the answer and their values"),
  healthUrl: z.url(),
  modelsUrl: z.url(),
  apiKey: secretReference,
  webhook: z.url().describe("where the third-party tester is told"),
  owner: z.string().default("on-call").describe("who owns the follow-ups"),
  watch: z.string().default("24h").describe("how long the logs are watched afterwards"),
  pollSeconds: z.int().default(5),
});
type Input = z.output<typeof Input>;

const terraform = ({ dir, workspace, region }: Input) => ({ dir, workspace, region });
const withKey = ({ apiKey }: Input) => ({ "x-api-key": { secret: apiKey } });

const { step, gate, choice, child, wait, define } = runbook("missing-secret", {
  title: "Deliver a secret that the deployed tasks lack",
  input: Input,
  target: terraform,
});

export default define(
  {
    // Diagnose: what users see, what the log says, what runs.
    symptom: step(
      httpProbe,
      ({ input }) => ({
        method: "POST" as const,
        url: input.predictUrl,
        headers: withKey(input),
        body: input.predictBody,
        expect: { status: [200] },
      }),
      {
        title: "What do users see?",
        routes: [{ when: ({ ok }) => ok, to: "cancelled" }],
        findings: ({ status, ok }) => [
          {
            text: ok ? "predict answers 200: nothing to mend" : `predict answers ${status ?? "nothing"}`,
            status: "confirmed",
          },
        ],
      },
    ),
    logs: step(
      logsSearch,
      ({ input }) => ({ logGroup: input.logGroup, pattern: input.errorPattern, sinceMinutes: 60 }),
      {
        title: "What does the log say?",
        findings: ({ count }, { input }) => [
          {
            text: `the log says "${input.errorPattern}" ${count} times in 60 minutes`,
            status: count > 0 ? "confirmed" : "hypothesis",
          },
        ],
      },
    ),
    live: step(
      describeTaskDefinition,
      ({ input: { cluster, service, region } }) => ({ cluster, service, region }),
      {
        title: "Which secrets has the live revision?",
        routes: [{ when: ({ secrets }, { input }) => secrets.includes(input.secretName), to: "failed" }],
        findings: ({ revision, secrets }, { input }) => [
          {
            text: `live revision ${revision} ${secrets.includes(input.secretName) ? "has" : "lacks"} ${input.secretName}`,
            status: "confirmed",
          },
        ],
      },
    ),

    // The state lock.
    init: step(terraformInit, ({ input }) => terraform(input), { title: "Prepare terraform" }),
    lock: step(terraformInspectLock, ({ input }) => ({ ...terraform(input), settleSeconds: 2 }), {
      title: "Who holds the state lock?",
      routes: [{ when: ({ locked }) => !locked, to: "compare" }],
      findings: ({ locked, who, verdict }) =>
        locked
          ? [
              { text: `the state is locked by ${who ?? "an unknown holder"}`, status: "confirmed" },
              { text: "the holder is dead", status: verdict === "dead" ? "confirmed" : "hypothesis" },
            ]
          : [],
    }),
    approveUnlock: gate(({ get }) => ({ ...lockForReview(get(terraformInspectLock)), expires: "30m" }), {
      title: "Approve the force-unlock",
    }),
    unlock: step(
      terraformForceUnlock,
      ({ input, get }) => ({ ...terraform(input), lockId: get(terraformInspectLock).id ?? "" }),
      {
        title: "Remove the stale lock",
      },
    ),

    // Configuration, state and live are three things: a plan that replaces shows the first two.
    compare: step(
      terraformPlan,
      ({ input }) => ({
        ...terraform(input),
        targets: input.targets,
        replace: [input.taskDefinitionAddress],
      }),
      {
        title: "Does the configuration have it?",
        routes: [
          {
            when: (plan, { input }) => !secretsIn(plan, input).after.includes(input.secretName),
            to: "failed",
          },
          { when: (_, { input }) => input.mode === "replace", to: "approvePlan" },
        ],
        findings: (plan, { input }) => [
          {
            text: `the configuration ${has(secretsIn(plan, input).after, input)} and the state ${has(secretsIn(plan, input).before, input)}`,
            status: "confirmed",
          },
        ],
      },
    ),
    taint: step(
      terraformTaint,
      ({ input }) => ({ ...terraform(input), address: input.taskDefinitionAddress }),
      {
        title: "Taint the task definition",
      },
    ),
    plan: step(terraformPlan, ({ input }) => ({ ...terraform(input), targets: input.targets }), {
      title: "Plan",
    }),
    approvePlan: gate(({ get }) => ({ ...planForReview(get(terraformPlan)), expires: "30m" }), {
      title: "Approve the plan",
    }),
    apply: step(
      terraformApply,
      ({ input, get }) => {
        const { file, sha256, serial, lineage } = get(terraformPlan);
        return { ...terraform(input), plan: file, sha256, serial, lineage, tolerate: input.tolerate };
      },
      { title: "Apply" },
    ),
    created: step(
      describeTaskDefinition,
      ({ input, get }) => ({
        taskDefinition: arnOf(get(terraformApply), input.taskDefinitionAddress),
        region: input.region,
      }),
      {
        title: "Has the new revision the secret?",
        routes: [{ when: ({ secrets }, { input }) => !secrets.includes(input.secretName), to: "failed" }],
      },
    ),

    // The rollout passes only when this deployment of this revision completes.
    deploy: step(
      updateService,
      ({ input: { cluster, service, region }, get }) => ({
        cluster,
        service,
        region,
        taskDefinition: get(describeTaskDefinition, "created").arn,
        forceNewDeployment: true,
      }),
      { title: "Deploy the new revision" },
    ),
    rollout: step(
      awaitDeployment,
      ({ input: { cluster, service, region, pollSeconds }, get }) => {
        const { deploymentId, taskDefinition } = get(updateService);
        return { cluster, service, region, deploymentId, taskDefinition, pollSeconds };
      },
      {
        title: "Await the rollout",
        routes: [{ when: ({ outcome }) => outcome === "completed", to: "verify" }],
        findings: ({ outcome, reason }) =>
          outcome === "completed"
            ? []
            : [{ text: `the deployment ended ${outcome}: ${reason}`, status: "confirmed" }],
      },
    ),
    redisLog: step(
      logsSearch,
      ({ input, get }) => ({
        logGroup: input.logGroup,
        pattern: input.redisPattern,
        since: get(updateService).createdAt,
      }),
      {
        title: "Is it Redis?",
        findings: ({ count }) =>
          count > 0
            ? [
                {
                  text: `the new tasks could not reach Redis (${count} lines in the log)`,
                  status: "confirmed",
                },
              ]
            : [],
      },
    ),
    decide: choice(
      ({ get }) => ({
        title: "The rollout did not complete. What now?",
        summary: get(awaitDeployment).reason,
      }),
      {
        redis: {
          label: "Run child runbook redis-sg",
          to: "redis",
          suggested: ({ get }) => get(logsSearch, "redisLog").count > 0,
        },
        redeploy: { label: "Deploy the same revision again", to: "redeploy" },
        stop: { label: "Give up and leave it as it is", to: "failed", danger: true },
      },
      { title: "Decide how to go on" },
    ),
    redis: child(
      redisSg,
      ({
        input: { dir, workspace, region, redisGroup, apiGroup, redisPort, redisRuleAddress, healthUrl },
      }) => ({ dir, workspace, region, redisGroup, apiGroup, redisPort, redisRuleAddress, healthUrl }),
      { title: "Admit the API to Redis" },
    ),
    redeploy: step(
      updateService,
      ({ input: { cluster, service, region }, get }) => ({
        cluster,
        service,
        region,
        taskDefinition: get(describeTaskDefinition, "created").arn,
        forceNewDeployment: true,
      }),
      { title: "Deploy the same revision again", next: "rollout" },
    ),

    // Is it fixed, and is everything else as it was?
    verify: step(
      httpProbe,
      ({ input }) => ({
        method: "POST" as const,
        url: input.predictUrl,
        headers: withKey(input),
        body: input.predictBody,
        expect: {
          status: [200],
          json: Object.entries(input.expectJson).map(([path, equals]) => ({ path, equals })),
        },
        retries: { count: 9, delaySeconds: input.pollSeconds },
      }),
      { title: "Does predict answer 200?" },
    ),
    health: step(httpProbe, ({ input }) => ({ url: input.healthUrl, expect: { status: [200] } }), {
      title: "Regression: health",
    }),
    models: step(
      httpProbe,
      ({ input }) => ({ url: input.modelsUrl, headers: withKey(input), expect: { status: [200] } }),
      { title: "Regression: models" },
    ),
    balanced: step(
      targetHealth,
      ({ input: { targetGroup, pollSeconds, region } }) => ({
        targetGroupArn: targetGroup,
        waitFor: "healthy" as const,
        pollSeconds,
        region,
      }),
      {
        title: "Are the targets healthy?",
      },
    ),
    after: step(
      describeTaskDefinition,
      ({ input: { cluster, service, region } }) => ({ cluster, service, region }),
      { title: "Which revision is live?" },
    ),

    // What is left.
    notify: step(
      notifyWebhook,
      ({ input }) => ({
        url: input.webhook,
        text: `${input.service} has ${input.secretName} again; please test.`,
      }),
      {
        title: "Tell the tester",
        skip: true,
      },
    ),
    watch: wait(({ input }) => input.watch, { title: "Watch the logs" }),
    quiet: step(
      logsSearch,
      ({ input, get }) => ({
        logGroup: input.logGroup,
        pattern: input.errorPattern,
        since: get(awaitDeployment).lastChangeAt,
      }),
      {
        title: "Did the error come back?",
      },
    ),
  },
  {
    criteria: {
      secret: {
        title: "The new revision has the secret",
        step: "created",
        passes: ({ input, get }) => get(describeTaskDefinition, "created").secrets.includes(input.secretName),
      },
      rollout: {
        title: "The deployment of exactly that revision completed",
        step: "rollout",
        passes: ({ get }) =>
          get(awaitDeployment).outcome === "completed" &&
          get(awaitDeployment).live === get(describeTaskDefinition, "created").arn,
      },
      live: {
        title: "The live revision is the new one",
        step: "after",
        passes: ({ get }) =>
          get(describeTaskDefinition, "after").arn === get(describeTaskDefinition, "created").arn,
      },
      predict: {
        title: "Predict answers 200 with the expected body",
        step: "verify",
        passes: ({ get }) => get(httpProbe, "verify").ok,
      },
      health: {
        title: "Health still answers 200",
        step: "health",
        passes: ({ get }) => get(httpProbe, "health").ok,
      },
      models: {
        title: "Models still answers 200",
        step: "models",
        passes: ({ get }) => get(httpProbe, "models").ok,
      },
      targets: {
        title: "All targets are healthy",
        step: "balanced",
        passes: ({ get }) => get(targetHealth).healthy > 0 && get(targetHealth).unhealthy === 0,
      },
      quiet: {
        title: "The error did not come back",
        step: "quiet",
        passes: ({ get }) => get(logsSearch, "quiet").count === 0,
      },
    },
    followUps: ({ input }) => [
      {
        id: "pull-request",
        title: "Open a pull request that keeps configuration and deployment together",
        owner: input.owner,
        due: "2d",
      },
      { id: "tester", title: "Get the third-party tester's answer", owner: input.owner, due: "1d" },
      {
        id: "unrelated",
        title: `Mend the tolerated resources: ${input.tolerate.join(", ")}`,
        owner: input.owner,
        due: "7d",
      },
    ],
  },
);

/** The names of the task definition's secrets in the state (before) and in the configuration (after). */
function secretsIn(
  plan: z.output<typeof terraformPlan.output>,
  { taskDefinitionAddress }: Input,
): { before: readonly string[]; after: readonly string[] } {
  const secrets = plan.changes.find(({ address }) => address === taskDefinitionAddress)?.secrets;
  return { before: secrets?.before ?? [], after: secrets?.after ?? [] };
}

function has(secrets: readonly string[], { secretName }: Input): string {
  return `${secrets.includes(secretName) ? "has" : "lacks"} ${secretName}`;
}
