/** The commands and their flags: parsing only. Each action loads its own command, so that a quick one starts quickly. */
import { Command, Option } from "@commander-js/extra-typings";
import type { Decision } from "../engine/decide.ts";
import type { Io } from "./io.ts";
import { collect, erased, flags, globalsOf, positive, type Flags } from "./options.ts";
import { usageError } from "./usage.ts";

export interface Parts {
  readonly io: Io;
  /** Takes the exit code of the command that ran. */
  readonly finish: (code: number) => void;
}

/** The whole command line; flags of the program are accepted before and after a command's name. */
export function createProgram({ io, finish }: Parts): {
  readonly parse: (argv: readonly string[]) => Promise<void>;
} {
  const program = flags(new Command("runwright"))
    .description("Guided, durable, provable incident runbooks over terraform and AWS.")
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // It is thrown, too, and told where every error is told.
      outputError: () => {},
    });
  const commands = [...running(io, finish), ...deciding(io, finish), ...reading(io, finish)];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  program.addHelpText(
    "after",
    "\nStart with: runwright practice    Read more: runwright help exit-codes | errors | CODE",
  );
  const names = commands.map((command) => command.name());
  const parse = (argv: readonly string[]): Promise<unknown> =>
    program.parseAsync([...argv]).catch((error: unknown) => {
      throw usageError(error, argv, names);
    });
  return { parse: async (argv) => void (await parse(argv)) };
}

function running(io: Io, finish: Parts["finish"]): readonly Command[] {
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
        .option("--auto", "let a scripted operator answer (only in a practice world)")
        .option("--wait", "without a terminal, wait for decisions made elsewhere")
        .option("--no-prompt", "never ask here")
        .action(async (runbook, { input, auto, wait, prompt }, command) => {
          const { run } = await import("./commands/run.ts");
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
          const { resume } = await import("./commands/resume.ts");
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
          const { practice } = await import("./commands/practice.ts");
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
          const { cancel } = await import("./commands/cancel.ts");
          finish(await cancel({ run, reason }, globalsOf(command, io), io));
        }),
    ),
  ];
}

function deciding(io: Io, finish: Parts["finish"]): readonly Command[] {
  const record = async (
    command: { readonly optsWithGlobals: () => Flags },
    args: {
      readonly run: string;
      readonly gate: string | undefined;
      readonly sha: string;
      readonly decision: Decision;
    },
  ): Promise<void> => {
    const { decide } = await import("./commands/decide.ts");
    finish(await decide({ ...args, gate: args.gate ?? null }, globalsOf(command, io), io));
  };
  const bound = "--sha <digest>";
  const what = "at least 8 digits of the digest that `status` shows: what you approve";
  return [
    erased(
      flags(new Command("approve"))
        .description("approve what a gate shows")
        .argument("<run>")
        .argument("[gate]")
        .requiredOption(bound, what)
        .option("--reason <why>", "", "")
        .action((run, gate, { sha, reason }, command) =>
          record(command, { run, gate, sha, decision: { type: "approve", reason } }),
        ),
    ),
    erased(
      flags(new Command("reject"))
        .description("reject what a gate shows")
        .argument("<run>")
        .argument("[gate]")
        .requiredOption(bound, what)
        .requiredOption("--reason <why>")
        .action((run, gate, { sha, reason }, command) =>
          record(command, { run, gate, sha, decision: { type: "reject", reason } }),
        ),
    ),
    erased(
      flags(new Command("decide"))
        .description("answer a gate that asks for a choice or for values")
        .argument("<run>")
        .argument("<gate>")
        .argument("[choice]")
        .requiredOption(bound, what)
        .option("--reason <why>", "", "")
        .option("--value <name=value>", "for a gate that asks for values", collect, [])
        .option("--output <json>", "for `done` at an interrupted step: what it would have returned")
        .action(async (run, gate, choice, { sha, reason, value, output }, command) => {
          const { parseOutput, parseValues } = await import("./commands/decide.ts");
          const decision: Decision =
            choice === undefined
              ? { type: "give", values: parseValues(value) }
              : { type: "choose", choice, reason, output: parseOutput(output) };
          await record(command, { run, gate, sha, decision });
        }),
    ),
  ];
}

function reading(io: Io, finish: Parts["finish"]): readonly Command[] {
  return [
    erased(
      flags(new Command("status"))
        .description("how a run stands and what it waits for")
        .argument("[run]")
        .action(async (run, _options, command) => {
          const { status } = await import("./commands/status.ts");
          finish(await status({ run }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("list"))
        .description("the newest runs, or the runbooks")
        .option("--all", "every run")
        .option("--runbooks", "the runbooks instead")
        .action(async ({ all, runbooks }, command) => {
          const { list } = await import("./commands/list.ts");
          finish(await list({ all: all === true, runbooks: runbooks === true }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("show"))
        .description("what a run, or one step of it, did")
        .argument("<run>")
        .argument("[step]")
        .action(async (run, step, _options, command) => {
          const { show } = await import("./commands/show.ts");
          finish(await show({ run, step }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("logs"))
        .description("the evidence that steps kept")
        .argument("<run>")
        .argument("[step]")
        .option("--name <artifact>", "only this one")
        .action(async (run, step, { name }, command) => {
          const { logs } = await import("./commands/logs.ts");
          finish(await logs({ run, step, name }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("timeline"))
        .description("everything that happened, in order")
        .argument("<run>")
        .option("--jsonl", "exactly the stored events, one a line")
        .action(async (run, { jsonl }, command) => {
          const { timeline } = await import("./commands/timeline.ts");
          finish(await timeline({ run, jsonl: jsonl === true }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("report"))
        .description("the write-up, as Markdown")
        .argument("<run>")
        .option("-o, --output <file>", "where to; - for the terminal")
        .action(async (run, { output }, command) => {
          const { report } = await import("./commands/report.ts");
          finish(await report({ run, output }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("doctor"))
        .description("checks this machine: tools, credentials, database")
        .action(async (_options, command) => {
          const { doctor } = await import("./commands/doctor.ts");
          finish(await doctor({}, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("help"))
        .description("about exit-codes, errors, or one error code")
        .argument("[topic]")
        .action(async (topic, _options, command) => {
          if (topic === undefined) return command.parent?.help();
          const { help } = await import("./commands/help.ts");
          finish(await help({ topic }, globalsOf(command, io), io));
        }),
    ),
  ];
}
