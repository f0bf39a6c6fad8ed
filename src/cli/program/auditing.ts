import { Command, Option } from "@commander-js/extra-typings";
import { collect, countOf, flags, globalsOf, positive, type MakeCommand } from "./options.ts";

/** Commands for whoever was not there. */
export const auditing: readonly MakeCommand[] = [
  (io, finish) =>
    flags(new Command("timeline"))
      .description("everything that happened, in order")
      .argument("<run>")
      .option("--step <name>", "only what is about this step")
      .option("--type <type>", "only these types, such as approval or step.failed, or gap", collect, [])
      .option("--since <moment>", "only since then: 2025-10-07T13:51 (UTC), or 10m ago")
      .option("--failed", "only what went wrong")
      .option("--local", "times in this machine's time zone")
      .option("--jsonl", "exactly the stored events, one a line")
      .action(async (run, { step, type, since, failed, local, jsonl }, command) => {
        const { timeline } = await import("../commands/timeline.ts");
        const wanted = { step: step ?? null, types: type, since: since ?? null, failed: failed === true };
        const args = { run, ...wanted, local: local === true, jsonl: jsonl === true };
        finish(await timeline(args, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("replay"))
      .description("play a run again as it was seen; it is recomputed and compared with what was stored")
      .argument("<run>")
      .option("--speed <factor>", "1, 8 (usual on a terminal) or max; idle time is left out", speedOf)
      .option("--at <event>", "only the exact state after this event: 12, or R-7F3K#12 of a child run")
      .option("--replay", "recompute also what another account recorded: its runbook is run, without rights")
      .option("--no-replay", "show it as stored, and run nothing of the record")
      .action(async (run, { speed, at, replay: mayRun }, command) => {
        const { replay } = await import("../commands/replay.ts");
        const args = { run, speed: speed ?? null, at: at ?? null, replay: mayRun };
        finish(await replay(args, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("diff"))
      .description("what differed between two runs")
      .argument("<run>")
      .argument("<other>")
      .action(async (run, other, _options, command) => {
        const { diff } = await import("../commands/diff.ts");
        finish(await diff({ run, other }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("search"))
      .description("runs by what they were about and what happened in them")
      .option("--runbook <name>", "of this runbook")
      .option(
        "--target <text>",
        "on a target whose name contains this: account, region, workspace, directory",
      )
      .option("--actor <name>", "in which this person, or the engine, did something")
      .option("--since <moment>", "started since then: 2025-10-07, or 30d ago")
      .option("--until <moment>", "started before then")
      .addOption(
        new Option("--outcome <status>", "that ended so").choices([
          "succeeded",
          "failed",
          "cancelled",
          "open",
        ] as const),
      )
      .option("--error <code>", "with a failure of this code")
      .option("--text <text>", "with this text in an event or in evidence")
      .option("--limit <count>", "so many", countOf, 20)
      .option("--before <run>", "only those that started before this run")
      .action(async ({ text, limit, outcome, ...rest }, command) => {
        const { search } = await import("../commands/search.ts");
        const { runbook, target, actor, since, until, error, before } = rest;
        const filter = { runbook, target, actor, since, until, error, before, status: outcome };
        finish(await search({ filter, text: text ?? null, limit }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("report"))
      .description("the write-up, as Markdown or as a page")
      .argument("<run>")
      .option("-o, --output <file>", "the file to write; - for the terminal")
      .option("--html", "one HTML file that loads nothing and runs nothing")
      .option("--ascii", "in ASCII only")
      .option("--replay", "run the record's runbook, without rights, also of another account's database")
      .option("--no-replay", "run nothing of the record: the report says which check was not made")
      .action(async (run, { output, html, ascii, replay }, command) => {
        const { report } = await import("../commands/report.ts");
        const form = html === true ? "html" : "md";
        finish(
          await report({ run, output, form, ascii: ascii === true, replay }, globalsOf(command, io), io),
        );
      }),
  (io, finish) =>
    flags(new Command("sign"))
      .description("put your name under an ended run's record")
      .argument("<run>")
      .requiredOption("--reason <why>", "what you say with it")
      .option("--sha <digest>", "without a terminal: at least 8 digits of the head hash in the report")
      .action(async (run, { reason, sha }, command) => {
        const { signRun } = await import("../commands/sign.ts");
        finish(await signRun({ run, reason, sha }, globalsOf(command, io), io));
      }),
];

/** A factor, or `max`. */
function speedOf(text: string): number | "max" {
  return text === "max" ? text : positive(text);
}
