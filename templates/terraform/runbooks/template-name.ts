import { confirmed, runbook, type Scope } from "runwright";
import {
  approvedPlan,
  httpProbe,
  planForReview,
  terraformApply,
  terraformInit,
  terraformPlan,
} from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({
  dir: z.string().describe("the directory of the terraform configuration"),
  workspace: z.string().default("default"),
  region: z.string(),
  targets: z.array(z.string()).default([]).describe("plan only these addresses"),
  url: z.url().describe("what has to answer 200"),
});
type Of = Scope<z.output<typeof Input>>;

const { step, gate, define } = runbook("template-name", {
  title: "Say what it is for",
  input: Input,
  target: ({ dir, workspace, region }) => ({ dir, workspace, region }),
});

export default define({
  init: step(terraformInit, place, { title: "Prepare terraform" }),
  plan: step(terraformPlan, (of) => ({ ...place(of), targets: of.input.targets }), {
    title: "Plan",
    routes: [{ when: ({ applyable }) => !applyable, to: "verify" }],
    findings: ({ add, change, remove }) => [
      confirmed(`${add} to add, ${change} to change, ${remove} to remove`),
    ],
  }),
  approve: gate(({ get }) => planForReview(get(terraformPlan)), { title: "Approve the plan" }),
  // A used plan is used up: to try again is to plan again.
  apply: step(terraformApply, (of) => ({ ...place(of), ...approvedPlan(of.get(terraformPlan)) }), {
    title: "Apply",
    retryFrom: "plan",
  }),
  verify: step(httpProbe, ({ input: { url } }) => ({ url, expect: { status: [200] } }), {
    title: "Does it answer?",
    criterion: { title: "It answers 200", passes: ({ ok }) => ok },
  }),
});

function place({ input: { dir, workspace, region } }: Of) {
  return { dir, workspace, region };
}
