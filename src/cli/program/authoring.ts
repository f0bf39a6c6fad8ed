import { Command, Option } from "@commander-js/extra-typings";
import type { Io } from "../io.ts";
import { erased, flags, globalsOf, type Finish } from "../options.ts";

const formats = ["ascii", "mermaid", "svg", "json", "html"] as const;

/** Commands for whoever writes runbooks. */
export function authoring(io: Io, finish: Finish): readonly Command[] {
  return [
    erased(
      flags(new Command("check"))
        .description("says what is wrong with runbook files before they are needed")
        .argument("[files...]")
        .option("--types", "run the installed TypeScript compiler, too")
        .action(async (files, { types }, command) => {
          const { check } = await import("../commands/check.ts");
          finish(await check({ files, types: types === true }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("graph"))
        .description("draws a runbook, or the path of a run through it")
        .argument("[runbook]")
        .addOption(
          new Option("--format <format>", "how to draw it").choices(formats).default("ascii" as const),
        )
        .option("--run <run>", "mark the path that this run took")
        .action(async (runbook, { format, run }, command) => {
          const { graph } = await import("../commands/graph.ts");
          finish(await graph({ runbook, format, run }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("test"))
        .description("plays a past run on the runbook as it is now, and says where the paths part")
        .option("--replay <run>", "the run")
        .option("--runbook <runbook>", "another runbook, by name or file")
        .action(async ({ replay, runbook }, command) => {
          const { test } = await import("../commands/test.ts");
          finish(await test({ replay, runbook }, globalsOf(command, io), io));
        }),
    ),
  ];
}
