import { confirmed, hypothesis, runbook, secretReference, type Scope } from "runwright";
import * as steps from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({
  dir: z
    .string()
    .describe("the terraform configuration that deploys the service: no other run acts on it meanwhile"),
  workspace: z.string().default("default"),
  region: z.string(),
  cluster: z.string(),
  service: z.string(),
  lastGood: z.string().describe("the task definition to go back to, as family:revision"),
  checkUrl: z.url().describe("what users need; it answers 200 when all is well"),
  checkMethod: z.enum(["GET", "POST"]).default("GET").describe("a POST must be safe to repeat"),
  apiKey: secretReference.optional().describe("sent to it as x-api-key"),
  logGroup: z.string(),
  errorPattern: z.string().describe("what the log says while the release is bad"),
  owner: z.string().default("on-call").describe("who owns the follow-ups"),
  pollSeconds: z.int().default(5),
});
type Of = Scope<z.output<typeof Input>>;

const { step, gate, choice, parallel, branch, wait, define } = runbook("rollback-release", {
  title: "Roll a service back to its last good release",
  input: Input,
  target: ({ dir, workspace, region }) => ({ dir, workspace, region }),
});

export default define(
  {
    symptom: step(steps.httpProbe, ({ input }) => ({ ...answers200(input), retries: twice }), {
      title: "What do users see?",
      routes: [{ when: ({ ok }) => ok, to: "cancelled" }],
      findings: ({ status }) => [confirmed(`users get ${status ?? "no answer"}`)],
    }),
    look: parallel(
      {
        bad: step(steps.describeTaskDefinition, running, { title: "What runs now?" }),
        good: step(steps.describeTaskDefinition, lastGood, { title: "What ran before?" }),
        errors: step(steps.logsSearch, ({ input }) => ({ ...errors(input), sinceMinutes: 60 }), {
          title: "What does the log say?",
          findings: ({ count }, { input }) => [
            confirmed(`the log says "${input.errorPattern}" ${count} times in 60 minutes`),
          ],
        }),
      },
      { title: "Compare the releases" },
    ),
    // A release that is on already, or that ECS can no longer start, cannot be gone back to.
    possible: branch([
      { when: (of) => good(of).arn === bad(of).arn || good(of).status !== "ACTIVE", to: "failed" },
    ]),

    approve: gate(shown, { title: "Approve the rollback" }),
    back: step(
      steps.updateService,
      (of) => ({ ...running(of), taskDefinition: good(of).arn, forceNewDeployment: true }),
      {
        title: "Deploy the last good release",
      },
    ),
    rollout: step(steps.awaitDeployment, deployment, {
      title: "Await the rollout",
      routes: [{ when: ({ outcome }) => outcome === "completed", to: "settle" }],
      findings: ({ outcome, reason }) =>
        outcome === "completed" ? [] : [confirmed(`the rollout ended ${outcome}: ${reason}`)],
      criterion: {
        title: "The last good release was rolled out",
        passes: ({ outcome, live }, of) => outcome === "completed" && live === good(of).arn,
      },
    }),
    stuck: choice(
      ({ get }) => ({
        title: "The rollout did not complete. What now?",
        summary: get(steps.awaitDeployment).reason,
      }),
      {
        again: { label: "Ask for approval and deploy it again", to: "approve", suggested: () => true },
        stop: { label: "Give up and leave it as it is", to: "failed", danger: true },
      },
    ),

    settle: wait(({ input }) => `${input.pollSeconds}s`, { title: "Let traffic move over" }),
    verify: step(
      steps.httpProbe,
      ({ input }) => ({ ...answers200(input), retries: { count: 9, delaySeconds: 5 } }),
      {
        title: "Are users served?",
        criterion: { title: "Users are served again", passes: ({ ok }) => ok },
        findings: ({ ok }) => [
          ok
            ? confirmed("the release was the cause")
            : hypothesis("the release was not the cause, or not alone"),
        ],
      },
    ),
    quiet: step(
      steps.logsSearch,
      ({ input, get }) => ({ ...errors(input), since: get(steps.awaitDeployment).lastChangeAt }),
      {
        title: "Did the error stop?",
        criterion: { title: "The error did not come back", passes: ({ count }) => count === 0 },
      },
    ),
  },
  {
    followUps: (of) => {
      const { owner } = of.input;
      const release = `${bad(of).family}:${bad(of).revision}`;
      return [
        {
          id: "configuration",
          title: `Bring terraform back to ${of.input.lastGood}: it still has ${release}`,
          owner,
          due: "1d",
        },
        { id: "cause", title: `Find out what was wrong with ${release}`, owner, due: "7d" },
      ];
    },
  },
);

type Values = Of["input"];

const twice = { count: 2, delaySeconds: 1 };

function answers200({ checkUrl, checkMethod, apiKey }: Values) {
  const headers = apiKey === undefined ? {} : { "x-api-key": { secret: apiKey } };
  return { method: checkMethod, url: checkUrl, headers, expect: { status: [200] } };
}

function errors({ logGroup, errorPattern, region }: Values) {
  return { logGroup, pattern: errorPattern, region };
}

function running({ input: { cluster, service, region } }: Of) {
  return { cluster, service, region };
}

function lastGood({ input }: Of) {
  return { taskDefinition: input.lastGood, region: input.region };
}

function bad({ get }: Of) {
  return get(steps.describeTaskDefinition, "bad");
}

function good({ get }: Of) {
  return get(steps.describeTaskDefinition, "good");
}

function deployment(of: Of) {
  const { deploymentId, taskDefinition } = of.get(steps.updateService);
  return { ...running(of), deploymentId, taskDefinition, pollSeconds: of.input.pollSeconds };
}

/** What a person has to know: which images, and which secrets the older release would lose. */
function shown(of: Of) {
  const [from, to] = [bad(of), good(of)];
  const lost = from.secrets.filter((name) => !to.secrets.includes(name));
  return {
    title: `Roll ${of.input.service} back?`,
    summary: `${from.family}:${from.revision} -> ${to.family}:${to.revision}`,
    lines: [
      ...to.containers.map(({ name, image }) => `${name} will run ${image}`),
      lost.length === 0 ? "it has every secret of the release" : `it lacks ${lost.join(", ")}`,
    ],
    risk: "high" as const,
    verb: "roll back",
    subject: { taskDefinition: to.arn },
  };
}
