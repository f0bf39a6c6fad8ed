import { defineStep } from "../model/step.ts";
import { probeApply } from "./terraform/apply-probe.ts";
import { runApply } from "./terraform/apply-run.ts";
import { ApplyInput, ApplyOutput } from "./terraform/apply-shapes.ts";
import { planByHand, terraformLine } from "./terraform/by-hand.ts";

/** Applies a saved plan, which must be the approved one, and checks in state and AWS that it took effect. */
export const terraformApply = defineStep({
  kind: "terraform.apply",
  effect: "write",
  risk: "high",
  input: ApplyInput,
  output: ApplyOutput,
  timeout: "60m",
  binds: ({ sha256 }) => ({ plan: sha256 }),
  // A deploy of what the plan made needs no second approval: its revision has no number before the apply.
  makes: ({ confirmations }) =>
    confirmations.flatMap(({ arn }) =>
      arn?.includes(":task-definition/") === true ? [`taskDefinition:${arn}`] : [],
    ),
  describe: ({ dir, sha256, tolerate }) => {
    const tolerated = tolerate.length === 0 ? "" : `, tolerating a failure of ${tolerate.join(", ")}`;
    return `apply the approved plan ${sha256.slice(0, 12)} in ${dir}${tolerated}`;
  },
  commands: (input) => [terraformLine(input, "apply", "-input=false", planByHand)],
  run: runApply,
  probe: probeApply,
});
