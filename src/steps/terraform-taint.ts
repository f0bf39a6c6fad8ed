import { z } from "zod";
import { RunbookError } from "../model/error.ts";
import { defineStep } from "../model/step.ts";
import { openTerraform } from "./terraform/cli.ts";
import { address, workspaceShape } from "./terraform/workspace.ts";
import { freshName, pullState, type TerraformState } from "./terraform/state.ts";
import { terraformLine } from "./terraform/by-hand.ts";

const Output = z.strictObject({
  address: z.string(),
  /** Whether it was tainted before. */
  alreadyTainted: z.boolean(),
  serial: z.int(),
  lineage: z.string(),
});

/** Marks one object as broken, so that whoever plans next replaces it. */
export const terraformTaint = defineStep({
  kind: "terraform.taint",
  effect: "write",
  risk: "medium",
  input: z.strictObject({ ...workspaceShape, address }),
  output: Output,
  timeout: "5m",
  binds: ({ address: what }) => ({ address: what }),
  describe: ({ address: what }) => `taint ${what}, so that the next plan replaces it`,
  commands: (input) => [terraformLine(input, "taint", input.address)],
  run: async (input, ctx) => {
    const terraform = await openTerraform(input, ctx);
    const before = await pullState(terraform, "state-before");
    const args = ["taint", "-no-color", "-lock-timeout=10s", input.address];
    await terraform.run({ name: "taint", args, evidence: "text" });
    const after = await pullState(terraform, "state-after");
    if (!isTainted(after, input.address)) {
      throw new RunbookError(
        "TERRAFORM_FAILED",
        `terraform reported success, but ${input.address} is not tainted.`,
      );
    }
    ctx.evidence("states.json", { before: summary(before), after: summary(after) });
    return {
      address: input.address,
      alreadyTainted: isTainted(before, input.address),
      serial: after.serial,
      lineage: after.lineage,
    };
  },
  probe: async (input, ctx) => {
    const terraform = await openTerraform(input, ctx);
    const state = await pullState(terraform, freshName("probe-state", ctx));
    if (!isTainted(state, input.address))
      return { verdict: "not done", why: `${input.address} is not tainted.` };
    const { serial, lineage } = state;
    const output = { address: input.address, alreadyTainted: false, serial, lineage };
    return { verdict: "done", output, why: `The state says that ${input.address} is tainted.` };
  },
});

function isTainted(state: TerraformState, wanted: string): boolean {
  return state.known.get(wanted)?.tainted ?? false;
}

function summary({ serial, lineage, sha256 }: TerraformState) {
  return { serial, lineage, sha256 };
}
