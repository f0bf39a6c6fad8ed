import { confirmed, hypothesis, runbook, secretReference, type Scope } from "runwright";
import * as steps from "runwright/steps";
import { z } from "zod";
import { redisSg } from "./redis-sg.ts";
import { saveState } from "./save-state.ts";

const Input = z.strictObject({
  dir: z.string().describe("the directory of the terraform configuration"),
  workspace: z.string().default("default"),
  region: z.string(),
  cluster: z.string(),
  service: z.string(),
  secretName: z.string().describe("the secret that the tasks lack"),
  taskDefinitionAddress: z.string().describe("the task definition's address in the configuration"),
  mode: z.enum(["taint", "replace"]).default("taint").describe("how to re-create it; `replace` is safer"),
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
type Of = Scope<z.output<typeof Input>>;

const { step, gate, choice, child, wait, define } = runbook("missing-secret", {
  title: "Deliver a secret that the deployed tasks lack",
  input: Input,
  target: ({ dir, workspace, region }) => ({ dir, workspace, region }),
});

const unsaved = ({ code }: { readonly code: string }) => code === "TERRAFORM_STATE_UNSAVED";

export default define(
  {
    // Diagnose: what users see, what the log says, what runs.
    symptom: step(steps.httpProbe, predict, {
      title: "What do users see?",
      routes: [{ when: ({ ok }) => ok, to: "cancelled" }],
      findings: ({ status }) => [confirmed(`predict answers ${status ?? "nothing"}`)],
    }),
    logs: step(steps.logsSearch, ({ input }) => ({ ...errors(input), sinceMinutes: 60 }), {
      title: "What does the log say?",
      findings: ({ count }, { input }) => [
        confirmed(`the log says "${input.errorPattern}" ${count} times in 60 minutes`),
      ],
    }),
    live: step(steps.describeTaskDefinition, running, {
      title: "Which secrets has the live revision?",
      routes: [{ when: ({ secrets }, { input }) => secrets.includes(input.secretName), to: "failed" }],
      findings: ({ revision, secrets }, { input }) => [
        confirmed(`live revision ${revision} ${has(secrets, input)}`),
      ],
    }),

    // The state lock: removed only when a person has seen who held it and what speaks for their being dead.
    init: step(steps.terraformInit, terraform, { title: "Prepare terraform" }),
    lock: step(steps.terraformInspectLock, (of) => ({ ...terraform(of), settleSeconds: 2 }), {
      title: "Who holds the state lock?",
      routes: [{ when: ({ locked }) => !locked, to: "compare" }],
      findings: ({ who, verdict }) => [
        confirmed(`the state is locked by ${who ?? "an unknown holder"}`),
        verdict === "dead" ? confirmed("the holder is dead") : hypothesis("the holder is dead"),
      ],
    }),
    approveUnlock: gate(({ get }) => steps.lockForReview(get(steps.terraformInspectLock)), {
      title: "Approve the force-unlock",
    }),
    unlock: step(
      steps.terraformForceUnlock,
      (of) => ({ ...terraform(of), lockId: of.get(steps.terraformInspectLock).id ?? "" }),
      { title: "Remove the stale lock" },
    ),

    // Configuration, state and live are three things: a plan that replaces shows the first two beside the third.
    // accept endless-loop: whatever goes round by `saveBefore` has passed the gate of save-state.
    compare: step(
      steps.terraformPlan,
      (of) => ({ ...terraform(of), targets: of.input.targets, replace: [of.input.taskDefinitionAddress] }),
      {
        title: "Does the configuration have it?",
        routes: [
          { when: (plan, { input }) => !planned(plan, input).after.includes(input.secretName), to: "failed" },
          { when: (_, { input }) => input.mode === "replace", to: "approvePlan" },
        ],
        rescue: [{ when: unsaved, to: "saveBefore" }],
        findings: (plan, { input }) => [
          confirmed(`the configuration ${has(planned(plan, input).after, input)}`),
          confirmed(`the terraform state ${has(planned(plan, input).before, input)}`),
        ],
      },
    ),
    taint: step(
      steps.terraformTaint,
      (of) => ({ ...terraform(of), address: of.input.taskDefinitionAddress }),
      {
        title: "Taint the task definition",
        accept: "a taint only marks the resource; the plan that follows is approved before anything changes",
      },
    ),
    // accept endless-loop: whatever goes round by `save` has passed the gate of save-state.
    plan: step(steps.terraformPlan, (of) => ({ ...terraform(of), targets: of.input.targets }), {
      title: "Plan",
      rescue: [{ when: unsaved, to: "save" }],
    }),
    approvePlan: gate(({ get }) => steps.planForReview(get(steps.terraformPlan)), {
      title: "Approve the plan",
      covers: ["apply", "deploy"],
      usable: "1h",
    }),
    apply: step(
      steps.terraformApply,
      (of) => ({
        ...terraform(of),
        ...steps.approvedPlan(of.get(steps.terraformPlan)),
        tolerate: of.input.tolerate,
        // A second plan, after an apply that did this and failed at something else, has nothing left to do to it.
        wanted: [of.input.taskDefinitionAddress],
      }),
      { title: "Apply", retryFrom: "plan", rescue: [{ when: unsaved, to: "save" }] },
    ),
    created: step(
      steps.describeTaskDefinition,
      ({ input, get }) => ({
        taskDefinition: steps.arnOf(get(steps.terraformApply), input.taskDefinitionAddress),
      }),
      {
        title: "Has the new revision the secret?",
        routes: [{ when: ({ secrets }, { input }) => !secrets.includes(input.secretName), to: "failed" }],
        criterion: {
          title: "The new revision has the secret",
          passes: ({ secrets }, { input }) => secrets.includes(input.secretName),
        },
      },
    ),

    // The rollout passes only when this deployment of this revision completes.
    deploy: step(steps.updateService, newRevision, { title: "Deploy the new revision" }),
    rollout: step(steps.awaitDeployment, deployment, {
      title: "Await the rollout",
      routes: [{ when: ({ outcome }) => outcome === "completed", to: "verify" }],
      findings: ({ outcome, reason }) =>
        outcome === "completed" ? [] : [confirmed(`the deployment ended ${outcome}: ${reason}`)],
      criterion: {
        title: "The deployment of exactly that revision completed",
        passes: ({ outcome, live }, of) => outcome === "completed" && live === created(of),
      },
    }),
    redisLog: step(
      steps.logsSearch,
      ({ input, get }) => ({
        ...errors(input),
        pattern: input.redisPattern,
        since: get(steps.updateService).createdAt,
      }),
      {
        title: "Is it Redis?",
        findings: ({ count }) =>
          count > 0 ? [confirmed(`the new tasks could not reach Redis: ${count} lines in the log`)] : [],
      },
    ),
    decide: choice(
      ({ get }) => ({
        title: "The rollout did not complete. What now?",
        summary: get(steps.awaitDeployment).reason,
      }),
      {
        redis: {
          label: "Run child runbook redis-sg",
          to: "redis",
          covers: ["redeploy"],
          suggested: ({ get }) => get(steps.logsSearch, "redisLog").count > 0,
        },
        redeploy: { label: "Deploy the same revision again", to: "redeploy" },
        stop: { label: "Give up and leave it as it is", to: "failed", danger: true },
      },
      { title: "Decide how to continue" },
    ),
    redis: child(redisSg, redisInput, { title: "Admit the API to Redis" }),
    redeploy: step(steps.updateService, newRevision, {
      title: "Deploy the same revision again",
      next: "rollout",
    }),
    // Until a state that terraform could not save is saved, every plan is made for one that is out of date.
    saveBefore: child(saveState, terraform, { title: "Save the state of an earlier apply", next: "compare" }),
    save: child(saveState, terraform, { title: "Save the state that was not saved", next: "plan" }),

    // Is it fixed, and is everything else as it was?
    verify: step(
      steps.httpProbe,
      (of) => ({ ...predict(of), retries: { count: 9, delaySeconds: of.input.pollSeconds } }),
      {
        title: "Does predict answer 200?",
        criterion: { title: "Predict answers 200 with the expected body", passes: ({ ok }) => ok },
      },
    ),
    health: step(steps.httpProbe, ({ input }) => get200(input.healthUrl), {
      title: "Regression: health",
      criterion: { title: "Health answers 200", passes: ({ ok }) => ok },
    }),
    models: step(steps.httpProbe, ({ input }) => ({ ...get200(input.modelsUrl), headers: key(input) }), {
      title: "Regression: models",
      criterion: { title: "Models answers 200", passes: ({ ok }) => ok },
    }),
    balanced: step(
      steps.targetHealth,
      ({ input }) => ({
        targetGroupArn: input.targetGroup,
        waitFor: "healthy" as const,
        pollSeconds: input.pollSeconds,
      }),
      {
        title: "Are the targets healthy?",
        criterion: {
          title: "All targets are healthy",
          passes: ({ healthy, unhealthy }) => healthy > 0 && unhealthy === 0,
        },
      },
    ),
    after: step(steps.describeTaskDefinition, running, {
      title: "Which revision is live?",
      criterion: { title: "The live revision is the new one", passes: ({ arn }, of) => arn === created(of) },
    }),

    // What is left.
    notify: step(
      steps.notifyWebhook,
      ({ input }) => ({
        url: input.webhook,
        text: `${input.service} has ${input.secretName} again; please test.`,
      }),
      { title: "Tell the tester", skip: true },
    ),
    watch: wait(({ input }) => input.watch, { title: "Watch the logs" }),
    quiet: step(
      steps.logsSearch,
      ({ input, get }) => ({ ...errors(input), since: get(steps.awaitDeployment).lastChangeAt }),
      {
        title: "Did the error come back?",
        criterion: { title: "The error did not come back", passes: ({ count }) => count === 0 },
      },
    ),
  },
  {
    followUps: ({ input: { owner, tolerate } }) => [
      {
        id: "pull-request",
        title: "Open a pull request with the configuration as applied",
        owner,
        due: "2d",
      },
      { id: "tester", title: "Get the third-party tester's answer", owner, due: "1d" },
      {
        id: "unrelated",
        title: `Fix the tolerated resources: ${tolerate.join(", ") || "none"}`,
        owner,
        due: "7d",
      },
    ],
  },
);

type Values = Of["input"];

function terraform({ input: { dir, workspace, region } }: Of) {
  return { dir, workspace, region };
}

function running({ input: { cluster, service, region } }: Of) {
  return { cluster, service, region };
}

function predict({ input }: Of) {
  const json = Object.entries(input.expectJson).map(([path, equals]) => ({ path, equals }));
  const post = { method: "POST" as const, url: input.predictUrl, body: input.predictBody };
  return { ...post, headers: key(input), expect: { status: [200], json } };
}

function get200(url: string) {
  return { url, expect: { status: [200] } };
}

function key({ apiKey }: Values) {
  return { "x-api-key": { secret: apiKey } };
}

function errors({ logGroup, errorPattern }: Values) {
  return { logGroup, pattern: errorPattern };
}

function created({ get }: Of): string {
  return get(steps.describeTaskDefinition, "created").arn;
}

function newRevision(of: Of) {
  return { ...running(of), taskDefinition: created(of), forceNewDeployment: true };
}

function deployment(of: Of) {
  const { deploymentId, taskDefinition } = of.get(steps.updateService);
  return { ...running(of), deploymentId, taskDefinition, pollSeconds: of.input.pollSeconds };
}

function redisInput({ input }: Of) {
  const { dir, workspace, region, redisGroup, apiGroup, redisPort, redisRuleAddress, healthUrl } = input;
  return { dir, workspace, region, redisGroup, apiGroup, redisPort, redisRuleAddress, healthUrl };
}

/** The names of the task definition's secrets in the state (before) and in the configuration (after). */
function planned(plan: z.output<typeof steps.terraformPlan.output>, { taskDefinitionAddress }: Values) {
  const secrets = plan.changes.find(({ address }) => address === taskDefinitionAddress)?.secrets;
  return { before: secrets?.before ?? [], after: secrets?.after ?? [] };
}

function has(secrets: readonly string[], { secretName }: Values): string {
  return `${secrets.includes(secretName) ? "has" : "lacks"} ${secretName}`;
}
