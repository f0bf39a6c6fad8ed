import { Command } from "@commander-js/extra-typings";
import { collect, flags, globalsOf, type MakeCommand } from "./options.ts";

/** Commands that verify, hand out and drop records. */
export const keeping: readonly MakeCommand[] = [
  (io, finish) =>
    flags(new Command("verify"))
      .description("whether a record can be trusted: of a run, a bundle, or the whole log")
      .argument("[record]", "a run, a bundle's directory or tar, or a file of events")
      .option("--anchor <file>", "notes of the log's head that you have kept")
      .option(
        "--replay",
        "run the record's runbook, without rights, also of a bundle or another account's database",
      )
      .option("--no-replay", "run nothing of the record: the output says which check was not made")
      .action(async (record, { anchor, replay }, command) => {
        const { verify } = await import("../commands/verify.ts");
        finish(await verify({ record, anchor, replay }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("export"))
      .description("a run's record for somebody else; the export is recorded")
      .argument("<run>")
      .requiredOption("--for <name>", "who gets it")
      .option("--bundle <place>", "with evidence and a verifier: a new directory, or FILE.tar")
      .option("--jsonl <file>", "only the events, as stored; - for the terminal")
      .option("--md <file>", "the report; - for the terminal")
      .option("--html <file>", "one page to read, print and move through; - for the terminal")
      .option("--replay", "run the record's runbook, without rights, also of another account's database")
      .option("--no-replay", "run nothing of the record: a page or report then says so")
      .option(
        "--withhold <what>",
        "leave data out: outputs, text, a type of event, or a number; may be repeated",
        collect,
        [],
      )
      .action(async (run, { for: to, bundle, jsonl, md, html, withhold, replay }, command) => {
        const { exportRun } = await import("../commands/export.ts");
        const args = { run, to, bundle, jsonl, md, html, withhold, replay };
        finish(await exportRun(args, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("prune"))
      .description("drop what old runs recorded; the chain stays verifiable, open runs are left as they are")
      .requiredOption("--before <date>", "runs that ended before then: 2025-10-07 (UTC)")
      .option("--reason <why>", "recorded with it", "retention")
      .option("--yes", "drop it; without this it only prints what it would drop")
      .action(async ({ before, reason, yes }, command) => {
        const { pruneRuns } = await import("../commands/prune.ts");
        finish(await pruneRuns({ before, reason, yes: yes === true }, globalsOf(command, io), io));
      }),
];

/** Commands that look after the database. */
export const storing: readonly MakeCommand[] = [
  (io, finish) =>
    flags(new Command("backup"))
      .description("copy the database while runs continue")
      .argument("<file>", "a new file")
      .action(async (file, _options, command) => {
        const { backup } = await import("../commands/backup.ts");
        finish(await backup({ file }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("accept-rollback"))
      .description("continue with a database that is older than its anchor; that is recorded")
      .requiredOption("--reason <why>")
      .action(async ({ reason }, command) => {
        const { acceptRollback } = await import("../commands/accept-rollback.ts");
        finish(await acceptRollback({ reason }, globalsOf(command, io), io));
      }),
];
