import { confirmed, runbook, type Scope } from "runwright";
import * as steps from "runwright/steps";
import { z } from "zod";
import { saveState } from "./save-state.ts";

const Input = z.strictObject({
  dir: z.string().describe("the directory of the terraform configuration"),
  workspace: z.string().default("default"),
  region: z.string(),
  redisGroup: z.string().describe("the security group of Redis"),
  apiGroup: z.string().describe("the security group of the API's tasks"),
  redisPort: z.int().default(6379),
  redisRuleAddress: z.string().describe("the address of the missing rule in the configuration"),
  healthUrl: z.url(),
});
type Of = Scope<z.output<typeof Input>>;

const { step, gate, child, define } = runbook("redis-sg", {
  title: "Admit the API to Redis",
  input: Input,
  target: ({ dir, workspace, region }) => ({ dir, workspace, region }),
});

/** Terraform could not save what it did: until that is saved, every plan is made for a state that is out of date. */
const unsaved = {
  when: ({ code }: { readonly code: string }) => code === "TERRAFORM_STATE_UNSAVED",
  to: "save",
} as const;

export const redisSg = define({
  // accept endless-loop: whatever goes round by `save` has passed the gate of save-state.
  ingress: step(steps.securityGroupIngress, ingress, {
    title: "Is the rule missing?",
    routes: [{ when: ({ admitted }) => admitted, to: "admitted" }],
    findings: ({ admitted, group, source, port }) => [
      confirmed(`${group} ${admitted ? "admits" : "does not admit"} ${source} on port ${port}`),
    ],
  }),
  plan: step(steps.terraformPlan, (of) => ({ ...terraform(of), targets: [of.input.redisRuleAddress] }), {
    title: "Does the configuration have it?",
    routes: [{ when: ({ add }) => add === 0, to: "failed" }],
    rescue: [unsaved],
    findings: ({ add }, { input: { redisRuleAddress } }) => [
      confirmed(
        `${redisRuleAddress} is in the configuration and was ${add > 0 ? "never applied" : "applied"}`,
      ),
    ],
  }),
  approve: gate(({ get }) => steps.planForReview(get(steps.terraformPlan)), { title: "Approve the rule" }),
  apply: step(
    steps.terraformApply,
    (of) => ({ ...terraform(of), ...steps.approvedPlan(of.get(steps.terraformPlan)) }),
    { title: "Apply the rule", retryFrom: "plan", rescue: [unsaved] },
  ),
  admitted: step(steps.securityGroupIngress, ingress, {
    title: "Is it there now?",
    criterion: { title: "Redis admits the API", passes: ({ admitted }) => admitted },
  }),
  healthy: step(
    steps.httpProbe,
    ({ input: { healthUrl } }) => ({
      url: healthUrl,
      expect: { status: [200] },
      retries: { count: 30, delaySeconds: 2 },
      timeoutSeconds: 30,
    }),
    {
      title: "Wait until the API is healthy",
      criterion: { title: "The API answers its health check", passes: ({ ok }) => ok },
      next: "succeeded",
    },
  ),
  save: child(saveState, terraform, {
    title: "Save the state that terraform could not save",
    next: "ingress",
  }),
});

function terraform({ input: { dir, workspace, region } }: Of) {
  return { dir, workspace, region };
}

function ingress({ input: { redisGroup, apiGroup, redisPort, region } }: Of) {
  return { group: redisGroup, source: apiGroup, port: redisPort, region };
}
