import { Command } from "@commander-js/extra-typings";
import type { Decision } from "../../engine/decide.ts";
import type { Io } from "../io.ts";
import { parseOutput, parseValues } from "./values.ts";
import { collect, erased, flags, globalsOf, type Finish, type Flags } from "./options.ts";

const bound = "--sha <digest>";
const what = "at least 8 digits of the digest that `status` shows: what you approve";
const shows = "a file that shows it, kept as evidence; may be repeated";

/** Commands that answer a gate. */
export function deciding(io: Io, finish: Finish): readonly Command[] {
  return [approveCommand, rejectCommand, revokeCommand, decideCommand].map((command) => command(io, finish));
}

function approveCommand(io: Io, finish: Finish): Command {
  return erased(
    flags(new Command("approve"))
      .description("approve what a gate shows")
      .argument("<run>")
      .argument("[gate]")
      .requiredOption(bound, what)
      .option("--reason <why>", "", "")
      .option("--evidence <file>", shows, collect, [])
      .action(async (run, gate, { sha, reason, evidence }, command) =>
        finish(
          await record(command, { run, gate, sha, evidence, decision: { type: "approve", reason } }, io),
        ),
      ),
  );
}

function rejectCommand(io: Io, finish: Finish): Command {
  return erased(
    flags(new Command("reject"))
      .description("reject what a gate shows")
      .argument("<run>")
      .argument("[gate]")
      .requiredOption(bound, what)
      .requiredOption("--reason <why>")
      .option("--evidence <file>", shows, collect, [])
      .action(async (run, gate, { sha, reason, evidence }, command) =>
        finish(await record(command, { run, gate, sha, evidence, decision: { type: "reject", reason } }, io)),
      ),
  );
}

function revokeCommand(io: Io, finish: Finish): Command {
  return erased(
    flags(new Command("revoke"))
      .description("take back an approval that was not used yet; the gate asks anew")
      .argument("<run>")
      .argument("[gate]")
      .requiredOption("--reason <why>")
      .action(async (run, gate, { reason }, command) => {
        const { revoke } = await import("../commands/revoke.ts");
        finish(await revoke({ run, gate: gate ?? null, reason }, globalsOf(command, io), io));
      }),
  );
}

function decideCommand(io: Io, finish: Finish): Command {
  return erased(
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
        finish(await record(command, { run, gate, sha, evidence, decision }, io));
      }),
  );
}

interface Answered {
  readonly run: string;
  readonly gate: string | undefined;
  readonly sha: string;
  readonly decision: Decision;
  readonly evidence: readonly string[];
}

async function record(
  command: { readonly optsWithGlobals: () => Flags },
  { gate, ...args }: Answered,
  io: Io,
): Promise<number> {
  const { decide } = await import("../commands/decide.ts");
  return decide({ ...args, gate: gate ?? null }, globalsOf(command, io), io);
}
