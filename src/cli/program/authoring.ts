import { Command, Option } from "@commander-js/extra-typings";
import { collect, flags, globalsOf, type MakeCommand } from "./options.ts";

const templates = ["blank", "http", "ecs", "terraform"] as const;
const formats = ["ascii", "mermaid", "svg", "json", "html"] as const;

/** Commands for whoever writes runbooks. */
export const authoring: readonly MakeCommand[] = [
  (io, finish) =>
    flags(new Command("new"))
      .description("writes a runbook, its test and its page, to begin with")
      .argument("<name>", "such as restart-api")
      .addOption(
        new Option("--template <template>", "what it is about").choices(templates).default("blank" as const),
      )
      .option("--from-run <run>", "what this run did, as a first draft")
      .action(async (name, { template, fromRun }, command) => {
        const { create } = await import("../commands/new.ts");
        finish(await create({ name, template, fromRun }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("check"))
      .description("says what is wrong with runbook files before they are needed")
      .argument("[files...]")
      .option("--types", "run the installed TypeScript compiler, too")
      .action(async (files, { types }, command) => {
        const { check } = await import("../commands/check.ts");
        finish(await check({ files, types: types === true }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("graph"))
      .description("draws a runbook, or the path of a run through it")
      .argument("[runbook]")
      .addOption(new Option("--format <format>", "how to draw it").choices(formats).default("ascii" as const))
      .option("--run <run>", "mark the path that this run took")
      .action(async (runbook, { format, run }, command) => {
        const { graph } = await import("../commands/graph.ts");
        finish(await graph({ runbook, format, run }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("instruct"))
      .description("a runbook as instructions for a person with a shell, with the exact commands")
      .argument("<runbook>", "its name, or the path of its file")
      .option("-i, --input <name=value>", "an input that is known; the others are named", collect, [])
      .option("-o, --output <file>", "the file to write; stdout by default")
      .action(async (runbook, { input, output }, command) => {
        const { instruct } = await import("../commands/instruct.ts");
        finish(await instruct({ runbook, input, output }, globalsOf(command, io), io));
      }),
  (io, finish) =>
    flags(new Command("test"))
      .description("runs tests of runbooks, or plays a past run on the runbook as it is now")
      .argument("[files...]", "tests, or runbooks by name; those in test/ when there are none")
      .option("--replay <run>", "play this run, and say where the paths part")
      .option("--runbook <runbook>", "play it on another runbook, by name or file")
      .action(async (files, { replay, runbook }, command) => {
        const { test } = await import("../commands/test.ts");
        finish(await test({ files, replay, runbook }, globalsOf(command, io), io));
      }),
];
