import { Command } from "@commander-js/extra-typings";
import type { Decision } from "../../engine/decide.ts";
import type { Io } from "../io.ts";
import { collect, flags, globalsOf, type Flags, type MakeCommand } from "./options.ts";
import { RunbookError } from "../../model/error.ts";
import { toJson, type JsonObject } from "../../model/json.ts";

const bound = "--sha <digest>";
const what = "at least 8 digits of the digest that `status` shows: what you approve";
const shows = "a file that shows it, kept as evidence; may be repeated";

/** Commands that answer a gate. */
export const deciding: readonly MakeCommand[] = [
  (io, finish) =>
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
  (io, finish) =>
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
  (io, finish) =>
    flags(new Command("revoke"))
      .description("take back an approval that was not used yet; the gate asks again")
      .argument("<run>")
      .argument("[gate]")
      .requiredOption("--reason <why>")
      .action(async (run, gate, { reason }, command) => {
        const { revoke } = await import("../commands/revoke.ts");
        finish(await revoke({ run, gate: gate ?? null, reason }, globalsOf(command, io), io));
      }),
  (io, finish) =>
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
];

interface AnswerArgs {
  readonly run: string;
  readonly gate: string | undefined;
  readonly sha: string;
  readonly decision: Decision;
  readonly evidence: readonly string[];
}

async function record(
  command: { readonly optsWithGlobals: () => Flags },
  { gate, ...args }: AnswerArgs,
  io: Io,
): Promise<number> {
  const { decide } = await import("../commands/decide.ts");
  return decide({ ...args, gate: gate ?? null }, globalsOf(command, io), io);
}

/** `name=value` pairs; a value is JSON where it can be read as that. */
function parseValues(pairs: readonly string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new RunbookError("USAGE", "`--value` takes `name=value`.");
      return [pair.slice(0, at), jsonOrText(pair.slice(at + 1))];
    }),
  );
}

/** What an interrupted step would have returned. */
function parseOutput(text: string | undefined): JsonObject[string] {
  return text === undefined ? null : jsonOrText(text);
}

function jsonOrText(text: string): JsonObject[string] {
  try {
    return toJson(JSON.parse(text));
  } catch {
    return text;
  }
}
