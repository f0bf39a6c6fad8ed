import { z } from "zod";
import { defineStep } from "../model/step.ts";
import { openTerraform } from "./terraform/cli.ts";
import { compareStates, erroredStateIn, readStateFile } from "./terraform/errored-state.ts";
import { workspaceShape } from "./terraform/workspace.ts";
import { freshName, pullState } from "./terraform/state.ts";
import { commandLine } from "./parts/shell.ts";
import { terraformLine } from "./terraform/by-hand.ts";

const Version = z.strictObject({ serial: z.int(), lineage: z.string() });

const Output = z.strictObject({
  /** `newer`: it can be pushed. `saved`: the backend has it already. `conflict`: the backend went on without it. */
  verdict: z.enum(["none", "newer", "saved", "conflict"]),
  /** The file; null when there is none. */
  file: Version.extend({ sha256: z.string(), objects: z.int() }).nullable(),
  /** What the backend has. */
  stored: Version,
  /** Addresses that only the file knows, that only the backend knows, and of which they say different things. */
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.string()),
});

/** Compares an `errored.tfstate`, which terraform leaves when it cannot save a state, with what the backend has. */
export const terraformInspectErroredState = defineStep({
  kind: "terraform.inspect-errored-state",
  effect: "read",
  risk: "none",
  input: z.strictObject(workspaceShape),
  output: Output,
  timeout: "2m",
  describe: ({ dir }) => `look for a state in ${dir} that was not saved`,
  commands: (input) => [
    commandLine("ls", "-l", `${input.dir}/errored.tfstate`),
    `${terraformLine(input, "state", "pull")} > stored.tfstate`,
  ],
  run: async (input, ctx) => {
    const terraform = await openTerraform(input, ctx);
    const stored = await pullState(terraform, freshName("state", ctx));
    const { serial, lineage } = stored;
    const found = await readStateFile(erroredStateIn(terraform.dir));
    if (found === undefined) {
      return {
        verdict: "none" as const,
        file: null,
        stored: { serial, lineage },
        added: [],
        removed: [],
        changed: [],
      };
    }
    const { state, sha256 } = found;
    const file = { serial: state.serial, lineage: state.lineage, sha256, objects: state.known.size };
    return { file, stored: { serial, lineage }, ...compareStates(state, stored) };
  },
});
