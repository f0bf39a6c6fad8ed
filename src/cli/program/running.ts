import { Command, Option } from "@commander-js/extra-typings";
import type { DriveFlags } from "../drive/drive-flags.ts";
import { collect, flags, globalsOf, positive, risksOf, type MakeCommand } from "./options.ts";

/** The flags of every command that drives a run. */
function attended(command: Command) {
  return flags(command)
    .option("--auto", "let a scripted operator answer (only in a practice world)")
    .option("--wait", "without a terminal, wait for decisions made elsewhere")
    .option("--no-prompt", "never ask here")
    .addOption(
      new Option("--auto-approve <risks>", "approve gates of these risks without asking: none, low, medium")
        .argParser(risksOf)
        .conflicts("auto"),
    )
    .option("--verbose", "show every line that a step prints")
    .addOption(
      new Option("-q, --quiet", "print only a bad end and what to do then; never ask").conflicts("verbose"),
    )
    .option("--no-attention", "do not ring, notify or name the terminal's window")
    .addOption(new Option("--jsonl", "print the events as they are stored").conflicts("json"));
}

interface RawDriveFlags {
  readonly auto?: true;
  readonly wait?: true;
  readonly prompt: boolean;
  readonly autoApprove?: DriveFlags["approves"];
  readonly verbose?: true;
  readonly quiet?: true;
  readonly attention: boolean;
  readonly jsonl?: true;
}

function driveFlagsOf(flagged: RawDriveFlags): DriveFlags {
  const { auto, wait, prompt, verbose, quiet, attention, jsonl, autoApprove = [] } = flagged;
  return {
    auto: auto === true,
    // What is asked is shown by what is not shown then.
    ask: prompt && quiet !== true,
    wait: wait === true,
    verbose: verbose === true,
    quiet: quiet === true,
    attention,
    jsonl: jsonl === true,
    approves: autoApprove,
  };
}

/** Commands that drive a run. */
export const running: readonly MakeCommand[] = [
  (io, finish) =>
    attended(new Command("run"))
      .description("start a run of a runbook")
      .argument("<runbook>", "its name, or the path of its file")
      .option(
        "-i, --input <name=value>",
        "an input; @FILE reads a file, secrets are env:NAME or file:PATH",
        collect,
        [],
      )
      .option("--dry-run", "read what it would read, and only say what it would change")
      .action(async (runbook, { input, dryRun, ...how }, command) => {
        if (dryRun === true) {
          const dry = await import("../commands/dry-run.ts");
          return finish(await dry.dryRun({ runbook, input }, globalsOf(command, io), io));
        }
        const { run } = await import("../commands/run.ts");
        finish(await run({ ...driveFlagsOf(how), runbook, input }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    attended(new Command("resume"))
      .description("continue an unfinished run")
      .argument("[run]")
      .option("--migrate", "continue with the runbook's file as it is now")
      .option("--runbook <runbook>", "that file, by name or path, when it is not found by the runbook's name")
      .action(async (run, { migrate, runbook, ...how }, command) => {
        const { resume } = await import("../commands/resume.ts");
        const args = { ...driveFlagsOf(how), run: run ?? null, migrate: migrate === true, runbook };
        finish(await resume(args, globalsOf(command, io), io));
      }),
  (io, finish) =>
    attended(new Command("practice"))
      .description("run a runbook on a simulated AWS account in which something is wrong")
      .argument("[runbook]", "what to practise, by name or file", "missing-secret")
      .option(
        "-i, --input <name=value>",
        "an input, over what is declared for practice; {name} is a fact of the world",
        collect,
        [],
      )
      .addOption(
        new Option("--terraform <which>", "which terraform runs")
          .choices(["real", "stand-in"] as const)
          .default("stand-in" as const),
      )
      .option("--speed <factor>", "how much faster than real time the world is", positive, 60)
      .option("--keep", "leave the world there when the run has ended")
      .option("--serve", "only serve the world")
      .action(async (runbook, { input, terraform, speed, keep, serve, ...how }, command) => {
        const { practice } = await import("../commands/practice.ts");
        const world = { input, terraform, speed, keep: keep === true, serve: serve === true };
        const args = { ...driveFlagsOf(how), ...world, runbook, input };
        finish(await practice(args, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("cancel"))
      .description("end a run: ask what still runs to stop, and wait for it")
      .argument("<run>")
      .requiredOption("--reason <why>")
      .action(async (run, { reason }, command) => {
        const { cancel } = await import("../commands/cancel.ts");
        finish(await cancel({ run, reason }, globalsOf(command, io), io));
      }),
];
