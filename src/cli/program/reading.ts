import { Command, Option } from "@commander-js/extra-typings";
import { countOf, flags, globalsOf, type MakeCommand } from "./options.ts";

/** Commands that only look. */
export const reading: readonly MakeCommand[] = [
  (io, finish) =>
    flags(new Command("status"))
      .description("how a run stands and what it waits for")
      .argument("[run]")
      .action(async (run, _options, command) => {
        const { status } = await import("../commands/status.ts");
        finish(await status({ run }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("list"))
      .description("the newest runs, or the runbooks")
      .option("--all", "every run")
      .option("--limit <count>", "so many", countOf, 20)
      .option("--before <run>", "only those that started before this run")
      .option("--runbooks", "the runbooks instead")
      .action(async ({ all, limit, before, runbooks }, command) => {
        if (runbooks === true) {
          const books = await import("../commands/runbooks.ts");
          return finish(await books.runbooks(globalsOf(command, io), io));
        }
        const { list } = await import("../commands/list.ts");
        finish(await list({ all: all === true, limit, before: before ?? null }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("show"))
      .description("what a run, or one step of it, did")
      .argument("<run>")
      .argument("[step]")
      .action(async (run, step, _options, command) => {
        const { show } = await import("../commands/show.ts");
        finish(await show({ run, step }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("logs"))
      .description("the evidence that steps kept")
      .argument("<run>")
      .argument("[step]")
      .option("--name <artifact>", "only this one")
      .addOption(new Option("--follow", "continue until the run has ended").conflicts("json"))
      .option("--jsonl", "with --follow: print the events as they are stored")
      .action(async (run, step, { name, follow, jsonl }, command) => {
        const { logs } = await import("../commands/logs.ts");
        const args = { run, step, name, follow: follow === true, jsonl: jsonl === true };
        finish(await logs(args, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("doctor"))
      .description("checks this machine: tools, credentials, database")
      .action(async (_options, command) => {
        const { doctor } = await import("../commands/doctor.ts");
        finish(await doctor({}, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("help"))
      .description("about exit-codes, errors, or one error code")
      .argument("[topic]")
      .action(async (topic, _options, command) => {
        if (topic === undefined) return command.parent?.help();
        const { help } = await import("../commands/help.ts");
        finish(await help({ topic }, globalsOf(command, io), io));
      }),
];
