/** The commands and their flags: parsing only. Each action loads its own command, so that a quick one starts quickly. */
import { Command, Help, CommanderError } from "@commander-js/extra-typings";
import type { Io } from "../io.ts";
import { flags, type Finish } from "./options.ts";
import { auditing } from "./auditing.ts";
import { authoring } from "./authoring.ts";
import { deciding } from "./deciding.ts";
import { keeping, storing } from "./keeping.ts";
import { reading } from "./reading.ts";
import { running } from "./running.ts";
import { RunbookError } from "../../model/error.ts";

export interface ProgramDeps {
  readonly io: Io;
  readonly finish: Finish;
}

/** The commands under the headings of the help, in the order in which people need them. */
const rooms = [
  ["Run:", running],
  ["Answer a gate:", deciding],
  ["Look:", reading],
  ["Report:", auditing],
  ["Verify and hand out:", keeping],
  ["Look after the database:", storing],
  ["Write runbooks:", authoring],
] as const;

/** The whole command line; flags of the program are accepted before and after a command's name. */
export function createProgram({ io, finish }: ProgramDeps): {
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
    room.map((make) => (make(io, finish) as Command).helpGroup(heading)),
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

/** What the parser refused, as an error of ours: so that it is told once, in the form that was asked for. */
function usageError(error: unknown, argv: readonly string[], commands: readonly string[]): unknown {
  if (!(error instanceof CommanderError) || error.exitCode === 0 || error.code === "commander.help")
    return error;
  const command = argv.slice(2).find((word) => commands.includes(word));
  const help = command === undefined ? "runwright help" : `runwright ${command} --help`;
  return new RunbookError("USAGE", sentence(error.message), { cause: error, hint: `See \`${help}\`.` });
}

/** `error: unknown option '--x'` as a sentence in our style. */
function sentence(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replaceAll(/'([^']*)'/g, "`$1`")
    .replace(/\n\(?(.*?)\)?$/, ". $1");
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?]$/.test(whole) ? whole : `${whole}.`;
}
