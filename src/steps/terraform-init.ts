import { z } from "zod";
import { defineStep } from "../model/step.ts";
import { readBackend } from "./terraform/backend.ts";
import { openTerraform } from "./terraform/cli.ts";
import { workspaceShape } from "./terraform/workspace.ts";
import { terraformLine } from "./terraform/by-hand.ts";

/** Prepares the directory: backend, modules and providers of the lock file. It never upgrades or moves anything. */
export const terraformInit = defineStep({
  kind: "terraform.init",
  // It writes only into the directory's own .terraform, and as often as one likes.
  effect: "read",
  risk: "low",
  input: z.strictObject(workspaceShape),
  output: z.strictObject({
    terraformVersion: z.string(),
    standIn: z.boolean(),
    backend: z.strictObject({ type: z.string(), location: z.string().nullable() }),
  }),
  timeout: "5m",
  describe: ({ dir }) => `terraform init in ${dir}`,
  commands: (input) => [terraformLine(input, "init", "-input=false")],
  run: async (input, ctx) => {
    const terraform = await openTerraform(input, ctx);
    const args = ["init", "-input=false", "-no-color", "-json"];
    await terraform.run({ name: "init", args, evidence: "stream" });
    const { type, location } = await readBackend(input);
    const { version, standIn } = terraform;
    return { terraformVersion: version, standIn, backend: { type, location } };
  },
});
