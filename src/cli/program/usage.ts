import { CommanderError } from "@commander-js/extra-typings";
import { RunbookError } from "../../model/error.ts";

/** What the parser refused, as an error of ours: so that it is told once, in the form that was asked for. */
export function usageError(error: unknown, argv: readonly string[], commands: readonly string[]): unknown {
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
