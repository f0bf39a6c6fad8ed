/** The commands and their flags: parsing only. Each action loads its own command, so that a quick one starts quickly. */
import { Command, Help } from "@commander-js/extra-typings";
import type { Io } from "../io.ts";
import { flags, type Finish } from "./options.ts";
import { auditing } from "./auditing.ts";
import { authoring } from "./authoring.ts";
import { deciding } from "./deciding.ts";
import { keeping } from "./keeping.ts";
import { reading } from "./reading.ts";
import { running } from "./running.ts";
import { storing } from "./storing.ts";
import { usageError } from "./usage.ts";

export interface Parts {
  readonly io: Io;
  readonly finish: Finish;
}

/** The commands under the headings of the help, in the order in which people need them. */
const rooms = [
  ["Run:", running],
  ["Answer a gate:", deciding],
  ["Look:", reading],
  ["Tell afterwards:", auditing],
  ["Verify and hand out:", keeping],
  ["Look after the database:", storing],
  ["Write runbooks:", authoring],
] as const;

/** The whole command line; flags of the program are accepted before and after a command's name. */
export function createProgram({ io, finish }: Parts): {
  readonly parse: (argv: readonly string[]) => Promise<void>;
} {
  const program = flags(new Command("runwright"))
    .description("Guided, durable, provable incident runbooks over terraform and AWS.")
    .helpCommand(false)
    // A flag behind a command's name is the command's own, which may not go with others of its flags.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    // What a command takes is in its own help: with it, no line of this one would fit beside its description.
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      // A flag that may be repeated is given no times by default, which nobody needs to be told.
      optionDescription: (option) => new Help().optionDescription(option).replace(" (default: [])", ""),
    })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // It is thrown, too, and told where every error is told.
      outputError: () => {},
    });
  const commands = rooms.flatMap(([heading, room]) =>
    room(io, finish).map((command) => command.helpGroup(heading)),
  );
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  program.addHelpText(
    "after",
    "\nStart with: runwright practice\nRead more:  runwright help exit-codes | errors | CODE",
  );
  const names = commands.map((command) => command.name());
  const parse = (argv: readonly string[]): Promise<unknown> =>
    program.parseAsync([...argv]).catch((error: unknown) => {
      throw usageError(error, argv, names);
    });
  return { parse: async (argv) => void (await parse(argv)) };
}
