import { Command } from "@commander-js/extra-typings";
import type { Io } from "../io.ts";
import { erased, flags, globalsOf, type Finish } from "../options.ts";

/** Commands for whoever was not there. */
export function auditing(io: Io, finish: Finish): readonly Command[] {
  return [
    erased(
      flags(new Command("timeline"))
        .description("everything that happened, in order")
        .argument("<run>")
        .option("--jsonl", "exactly the stored events, one a line")
        .action(async (run, { jsonl }, command) => {
          const { timeline } = await import("../commands/timeline.ts");
          finish(await timeline({ run, jsonl: jsonl === true }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("report"))
        .description("the write-up, as Markdown")
        .argument("<run>")
        .option("-o, --output <file>", "where to; - for the terminal")
        .action(async (run, { output }, command) => {
          const { report } = await import("../commands/report.ts");
          finish(await report({ run, output }, globalsOf(command, io), io));
        }),
    ),
  ];
}
