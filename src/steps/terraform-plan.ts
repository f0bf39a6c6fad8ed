import { chmod, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { RunbookError } from "../model/error.ts";
import { sha256 } from "../model/json.ts";
import { defineStep } from "../model/step.ts";
import { bind, Binding } from "./terraform/binding.ts";
import { openTerraform } from "./terraform/cli.ts";
import { confirmDrift } from "./terraform/drift.ts";
import { refuseUnsavedState } from "./terraform/errored-state.ts";
import { maskedPlan } from "./terraform/mask.ts";
import { address, isCovered, workspaceShape } from "./terraform/workspace.ts";
import { actionOf, PlanJson } from "./terraform/plan-json.ts";
import { PlanSummary, summarise } from "./terraform/plan-summary.ts";
import { reviewLines, summaryLine } from "./terraform/review.ts";
import { pullState } from "./terraform/state.ts";
import { planByHand, terraformLine } from "./terraform/by-hand.ts";

const Input = z.strictObject({
  ...workspaceShape,
  /** Plan only these and what they depend on. */
  targets: z.array(address).default([]),
  /** Replace these even if nothing in them changes. */
  replace: z.array(address).default([]),
  refresh: z.boolean().default(true),
});

const Output = z.strictObject({
  /** The saved plan; it holds secrets in clear text and belongs to this run alone. */
  file: z.string(),
  sha256: z.string(),
  terraformVersion: z.string(),
  standIn: z.boolean(),
  /** The state that it was made for. */
  serial: z.int(),
  lineage: z.string(),
  /** What an approval of it is bound to besides. */
  binding: Binding,
  ...PlanSummary.shape,
});

/** Makes a saved plan and says what is in it. */
export const terraformPlan = defineStep({
  kind: "terraform.plan",
  effect: "read",
  risk: "none",
  input: Input,
  output: Output,
  timeout: "15m",
  describe: ({ dir, targets, replace }) =>
    ["plan", ...(targets.length === 0 ? [] : [`of ${targets.join(", ")}`]), `in ${dir}`]
      .concat(replace.length === 0 ? [] : [`replacing ${replace.join(", ")}`])
      .join(" "),
  commands: (input) => [
    terraformLine(
      input,
      "plan",
      "-input=false",
      `-out=${planByHand}`,
      ...input.targets.map((target) => `-target=${target}`),
      ...input.replace.map((one) => `-replace=${one}`),
      ...(input.refresh ? [] : ["-refresh=false"]),
    ),
    terraformLine(input, "show", planByHand),
  ],
  run: async (input, ctx) => {
    const terraform = await openTerraform(input, ctx);
    await refuseUnsavedState(terraform.dir, ctx);
    const file = path.join(ctx.dir, "plan.tfplan");
    await terraform.run({ name: "plan", args: planArguments(file, input), evidence: "stream" });
    await chmod(file, 0o600);
    const shown = await terraform.run({
      name: "show",
      args: ["show", "-no-color", "-json", file],
      evidence: "nothing",
    });
    // Read after the plan: if the state changed in between, terraform refuses the plan as stale, which is safe.
    const { serial, lineage } = await pullState(terraform, "state");
    const plan = PlanJson.parse(JSON.parse(shown.stdout));
    ctx.evidence("plan.json", maskedPlan(plan));
    refuseUnmatched(input, plan);
    await confirmDrift(plan, input, ctx);
    const summary = summarise(plan);
    const text = [`Plan: ${summaryLine(summary)}`, ...reviewLines(summary)].join("\n");
    ctx.evidence("plan.txt", new TextEncoder().encode(`${text}\n`));
    const { version, standIn } = terraform;
    const made = { file, sha256: sha256(await readFile(file)), terraformVersion: version, standIn };
    const binding = await bind(input, terraform, ctx);
    return { ...made, serial, lineage, binding, ...summary };
  },
});

function planArguments(
  file: string,
  { targets, replace, refresh }: z.output<typeof Input>,
): readonly string[] {
  return [
    "plan",
    "-input=false",
    "-no-color",
    "-json",
    "-lock-timeout=10s",
    `-out=${file}`,
    ...(refresh ? [] : ["-refresh=false"]),
    ...targets.map((target) => `-target=${target}`),
    ...replace.map((target) => `-replace=${target}`),
  ];
}

/** Terraform says nothing about a target that does not exist, and plans nothing for it. */
function refuseUnmatched({ targets, replace }: z.output<typeof Input>, plan: PlanJson): void {
  const all = plan.resource_changes;
  const unmatched = [
    ...targets.filter((wanted) => !all.some((resource) => isCovered(wanted, resource.address))),
    ...replace.filter(
      (wanted) =>
        !all.some((resource) => resource.address === wanted && isReplacing(actionOf(resource.change))),
    ),
  ];
  if (unmatched.length === 0) return;
  const names = unmatched.map((name) => `\`${name}\``).join(", ");
  throw new RunbookError(
    "TERRAFORM_RESOURCE_UNKNOWN",
    `The plan does not know ${names}; terraform ignored it.`,
    {
      data: { addresses: unmatched },
    },
  );
}

function isReplacing(action: string): boolean {
  return action === "replace" || action === "create";
}
