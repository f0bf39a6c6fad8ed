import { Command } from "@commander-js/extra-typings";
import type { Decision } from "../../engine/decide.ts";
import type { Io } from "../io.ts";
import { parseOutput, parseValues } from "./values.ts";
import { collect, erased, flags, globalsOf, type Finish, type Flags } from "./options.ts";

/** Commands that answer a gate. */
export function deciding(io: Io, finish: Finish): readonly Command[] {
  const record = async (
    command: { readonly optsWithGlobals: () => Flags },
    args: {
      readonly run: string;
      readonly gate: string | undefined;
      readonly sha: string;
      readonly decision: Decision;
      readonly evidence: readonly string[];
    },
  ): Promise<void> => {
    const { decide } = await import("../commands/decide.ts");
    finish(await decide({ ...args, gate: args.gate ?? null }, globalsOf(command, io), io));
  };
  const bound = "--sha <digest>";
  const shows = "a file that shows it, kept as evidence; may be repeated";
  const what = "at least 8 digits of the digest that `status` shows: what you approve";
  return [
    erased(
      flags(new Command("approve"))
        .description("approve what a gate shows")
        .argument("<run>")
        .argument("[gate]")
        .requiredOption(bound, what)
        .option("--reason <why>", "", "")
        .option("--evidence <file>", shows, collect, [])
        .action((run, gate, { sha, reason, evidence }, command) =>
          record(command, { run, gate, sha, evidence, decision: { type: "approve", reason } }),
        ),
    ),
    erased(
      flags(new Command("reject"))
        .description("reject what a gate shows")
        .argument("<run>")
        .argument("[gate]")
        .requiredOption(bound, what)
        .requiredOption("--reason <why>")
        .option("--evidence <file>", shows, collect, [])
        .action((run, gate, { sha, reason, evidence }, command) =>
          record(command, { run, gate, sha, evidence, decision: { type: "reject", reason } }),
        ),
    ),
    erased(
      flags(new Command("revoke"))
        .description("take back an approval that was not used yet; the gate asks anew")
        .argument("<run>")
        .argument("[gate]")
        .requiredOption("--reason <why>")
        .action(async (run, gate, { reason }, command) => {
          const { revoke } = await import("../commands/revoke.ts");
          finish(await revoke({ run, gate: gate ?? null, reason }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("decide"))
        .description("answer a gate that asks for a choice or for values")
        .argument("<run>")
        .argument("<gate>")
        .argument("[choice]")
        .requiredOption(bound, what)
        .option("--reason <why>", "", "")
        .option("--evidence <file>", shows, collect, [])
        .option("--value <name=value>", "for a gate that asks for values", collect, [])
        .option("--output <json>", "for `done` at an interrupted step: what it would have returned")
        .action(async (run, gate, choice, { sha, reason, evidence, value, output }, command) => {
          const decision: Decision =
            choice === undefined
              ? { type: "give", values: parseValues(value) }
              : { type: "choose", choice, reason, output: parseOutput(output) };
          await record(command, { run, gate, sha, evidence, decision });
        }),
    ),
  ];
}
