import { writeFile } from "node:fs/promises";
import path from "node:path";
import { instructions } from "../../instruct/markdown.ts";
import { loadRunbook } from "../../loader/load.ts";
import { parseSome, type RawInputs } from "../../runs/inputs.ts";
import type { Globals, Io } from "../io.ts";
import { printJson } from "../view/print.ts";

export interface InstructArgs {
  readonly runbook: string;
  /** What is known of the input; the rest is named in the text. */
  readonly input: RawInputs;
  readonly output: string | undefined;
}

/** Writes a runbook as instructions with the exact commands. It needs no database and asks nobody anything. */
export async function instruct(args: InstructArgs, globals: Globals, io: Io): Promise<number> {
  const { runbook } = await loadRunbook(args.runbook, io);
  const text = instructions(runbook, { input: parseSome(runbook, args.input), outputs: {} });
  if (args.output !== undefined && args.output !== "-") {
    await writeFile(path.resolve(io.cwd, args.output), text);
    io.stderr.write(`wrote ${args.output}\n`);
  } else if (globals.json) printJson(io, "instructions", { runbook: runbook.id, text });
  else io.stdout.write(text);
  return 0;
}
