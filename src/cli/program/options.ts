import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Globals, Io } from "../io.ts";

/** What the parser knows of flags given to any command. */
export interface Flags {
  readonly db?: string;
  readonly json?: true;
  readonly color?: Globals["color"];
  readonly debug?: true;
}

/** Adds the flags that every command has. No defaults here: a default before the command's name would hide what stands behind it. */
export function flags(command: Command) {
  return command
    .option("--db <path>", "the database of runs (default: RUNWRIGHT_DB or state.db)")
    .option("--json", "machine-readable output")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"] as const))
    .option("--debug", "show the stacks of errors");
}

/** The values of those flags, given before or after the command's name. */
export function globalsOf(command: { readonly optsWithGlobals: () => Flags }, io: Io): Globals {
  const { db, json, color, debug } = command.optsWithGlobals();
  return {
    db: db ?? io.env["RUNWRIGHT_DB"] ?? "state.db",
    json: json === true,
    color: color ?? "auto",
    debug: debug === true,
  };
}

/** For flags that may be given more than once. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** A factor from 1 to 600. */
export function positive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number >= 1 && number <= 600) return number;
  throw new InvalidArgumentError("It is a number from 1 to 600.");
}

const lesser = ["none", "low", "medium"] as const;

/** Risks separated by commas, without the highest; what only reads is of none. */
export function risksOf(text: string): readonly (typeof lesser)[number][] {
  const names = text.split(",").map((name) => name.trim().replace(/^read$/, "none"));
  if (names.includes("high"))
    throw new InvalidArgumentError("What is of high risk is approved by a person who has seen it.");
  const unknown = names.find((name) => !lesser.some((risk) => risk === name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no risk \`${unknown}\`: it is ${lesser.join(", ")} or high.`);
  return lesser.filter((risk) => names.includes(risk));
}

/** A whole number from 1 on. */
export function countOf(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError("It is a whole number from 1 on.");
}

/** Takes the exit code of the command that ran. */
export type Finish = (code: number) => void;

/** Makes a `Command`, each of which has types of its own. */
export type MakeCommand = (io: Io, finish: Finish) => unknown;
