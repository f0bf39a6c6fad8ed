import { Command, Option } from "@commander-js/extra-typings";
import type { Io } from "../io.ts";
import { collect, erased, flags, globalsOf, positive, type Finish } from "../options.ts";

/** Commands that drive a run. */
export function running(io: Io, finish: Finish): readonly Command[] {
  return [
    erased(
      flags(new Command("run"))
        .description("start a run of a runbook")
        .argument("<runbook>", "its name, or the path of its file")
        .option(
          "-i, --input <name=value>",
          "an input; @FILE reads a file, secrets are env:NAME or file:PATH",
          collect,
          [],
        )
        .option("--dry-run", "read what it would read, and only say what it would change")
        .option("--auto", "let a scripted operator answer (only in a practice world)")
        .option("--wait", "without a terminal, wait for decisions made elsewhere")
        .option("--no-prompt", "never ask here")
        .action(async (runbook, { input, dryRun, auto, wait, prompt }, command) => {
          if (dryRun === true) {
            const dry = await import("../commands/dry-run.ts");
            return finish(await dry.dryRun({ runbook, input }, globalsOf(command, io), io));
          }
          const { run } = await import("../commands/run.ts");
          const args = { runbook, input, auto: auto === true, wait: wait === true, ask: prompt };
          finish(await run(args, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("resume"))
        .description("take an unfinished run on")
        .argument("[run]")
        .option("--auto", "let a scripted operator answer (only in a practice world)")
        .option("--wait", "without a terminal, wait for decisions made elsewhere")
        .option("--no-prompt", "never ask here")
        .option("--migrate", "go on with the runbook's file as it is now")
        .action(async (run, { auto, wait, prompt, migrate }, command) => {
          const { resume } = await import("../commands/resume.ts");
          const args = {
            run: run ?? null,
            auto: auto === true,
            wait: wait === true,
            ask: prompt,
            migrate: migrate === true,
          };
          finish(await resume(args, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("practice"))
        .description("run a runbook on a simulated AWS account that has the incident")
        .argument("[runbook]", "what to practise", "missing-secret")
        .option("--auto", "let a scripted operator answer")
        .addOption(
          new Option("--terraform <which>", "which terraform runs")
            .choices(["real", "stand-in"] as const)
            .default("stand-in" as const),
        )
        .option("--speed <factor>", "how much faster than real time the world is", positive, 60)
        .option("--keep", "leave the world there when the run has ended")
        .option("--serve", "only serve the world")
        .option("--no-prompt", "never ask here")
        .action(async (runbook, { auto, terraform, speed, keep, serve, prompt }, command) => {
          const { practice } = await import("../commands/practice.ts");
          const args = {
            runbook,
            terraform,
            speed,
            auto: auto === true,
            keep: keep === true,
            serve: serve === true,
            ask: prompt,
          };
          finish(await practice(args, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("cancel"))
        .description("end a run: what still runs is asked to stop and waited for")
        .argument("<run>")
        .requiredOption("--reason <why>")
        .action(async (run, { reason }, command) => {
          const { cancel } = await import("../commands/cancel.ts");
          finish(await cancel({ run, reason }, globalsOf(command, io), io));
        }),
    ),
  ];
}
