import { confirmed, runbook, type Scope } from "runwright";
import { awaitDeployment, describeTaskDefinition, httpProbe, updateService } from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({
  dir: z.string().default(".").describe("the terraform configuration that the service belongs to"),
  region: z.string(),
  cluster: z.string(),
  service: z.string(),
  url: z.url().describe("what has to answer 200"),
});
type Of = Scope<z.output<typeof Input>>;

const { step, gate, define } = runbook("template-name", {
  title: "Say what it is for",
  input: Input,
  target: ({ dir, region }) => ({ dir, region }),
});

export default define({
  live: step(describeTaskDefinition, place, {
    title: "What runs now?",
    findings: ({ family, revision }) => [confirmed(`${family}:${revision} runs`)],
  }),
  approve: gate(
    ({ input, get }) => ({
      title: `Deploy ${input.service} again?`,
      summary: `new tasks of ${get(describeTaskDefinition).arn}`,
      risk: "high",
    }),
    { title: "Approve the deployment" },
  ),
  deploy: step(
    updateService,
    (of) => ({
      ...place(of),
      taskDefinition: of.get(describeTaskDefinition).arn,
      forceNewDeployment: true,
    }),
    { title: "Deploy" },
  ),
  rollout: step(
    awaitDeployment,
    (of) => {
      const { deploymentId, taskDefinition } = of.get(updateService);
      return { ...place(of), deploymentId, taskDefinition };
    },
    {
      title: "Await the rollout",
      criterion: { title: "The deployment completed", passes: ({ outcome }) => outcome === "completed" },
    },
  ),
  verify: step(httpProbe, ({ input: { url } }) => ({ url, expect: { status: [200] } }), {
    title: "Does it answer?",
    criterion: { title: "It answers 200", passes: ({ ok }) => ok },
  }),
});

function place({ input: { cluster, service, region } }: Of) {
  return { cluster, service, region };
}
