import { Command } from "@commander-js/extra-typings";
import type { Io } from "../io.ts";
import { erased, flags, globalsOf, type Finish } from "./options.ts";

/** Commands that look after the database. */
export function storing(io: Io, finish: Finish): readonly Command[] {
  return [
    erased(
      flags(new Command("backup"))
        .description("copy the database while runs go on")
        .argument("<file>", "a new file")
        .action(async (file, _options, command) => {
          const { backup } = await import("../commands/backup.ts");
          finish(await backup({ file }, globalsOf(command, io), io));
        }),
    ),
    erased(
      flags(new Command("accept-rollback"))
        .description("go on with a database that is older than its anchor; that is recorded")
        .requiredOption("--reason <why>")
        .action(async ({ reason }, command) => {
          const { acceptRollback } = await import("../commands/accept-rollback.ts");
          finish(await acceptRollback({ reason }, globalsOf(command, io), io));
        }),
    ),
  ];
}
