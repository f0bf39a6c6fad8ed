/** How a runbook is practised: what is declared for it in `practice/NAME.ts`, and what was typed. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { LoadEnvironment } from "../../loader/cache.ts";
import { exportsOfFile, type LoadedRunbook } from "../../loader/load.ts";
import { RunbookError } from "../../model/error.ts";
import type { PracticeWorld } from "../../practice/facts.ts";
import type { Practice } from "../../practice/practice.ts";
import { parseInputs, type RawInputs } from "../../runs/inputs.ts";

/** What is declared for the runbook in this file, if anything: `practice/NAME.ts` beside the directory that it is in. */
export async function practiceOf(
  runbookFile: string,
  around: Pick<LoadEnvironment, "env">,
): Promise<Practice | undefined> {
  const file = practiceFile(runbookFile);
  if (!existsSync(file)) return undefined;
  const { default: declared } = await exportsOfFile(file, around, (why, cause) => broken(file, why, cause));
  if (isPractice(declared)) return declared;
  throw broken(file, "its default export has no `input`");
}

/** What the scripted operator answers in this runbook's practice; without a declaration it does as it does anywhere. */
export async function answersOf(
  runbookFile: string,
  around: Pick<LoadEnvironment, "env">,
): Promise<NonNullable<Practice["answers"]>> {
  return (await practiceOf(runbookFile, around))?.answers ?? {};
}

function practiceFile(runbookFile: string): string {
  return path.join(path.dirname(runbookFile), "..", "practice", path.basename(runbookFile));
}

function isPractice(value: unknown): value is Practice {
  return typeof value === "object" && value !== null && "input" in value && typeof value.input === "function";
}

function broken(file: string, why: string, cause?: unknown): RunbookError {
  return new RunbookError("RUNBOOK_BROKEN", `The practice \`${file}\` cannot be used: ${why}.`, {
    cause,
    hint: "Fix it and try again; no run was started.",
  });
}

/** The input of a practised run as it is typed: what is declared, and over it what was given, in which `{name}` is a fact of the world. */
export function practiceInputs(
  declared: Practice | undefined,
  world: PracticeWorld,
  given: RawInputs,
): RawInputs {
  const values = Object.entries((declared?.input(world) ?? {}) as Readonly<Record<string, unknown>>);
  const own = values
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const typed = given.map((text) => filled(text, world));
  const names = new Set(typed.map(nameOf));
  return [...own.filter((text) => !names.has(nameOf(text))), ...typed];
}

function nameOf(text: string): string {
  return text.split("=")[0] ?? "";
}

function filled(text: string, world: PracticeWorld): string {
  const facts = new Map<string, string | number>(Object.entries(world));
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(facts.get(name) ?? whole));
}

/** Throws what `run` would throw, and says then what the world has to offer. */
export function checkInputs({ runbook, file }: LoadedRunbook, inputs: RawInputs, world: PracticeWorld): void {
  try {
    parseInputs(runbook, inputs);
  } catch (error) {
    if (!(error instanceof RunbookError) || error.code !== "INPUT_MISSING") throw error;
    const width = Math.max(...Object.keys(world).map(({ length }) => length)) + 4;
    const facts = Object.entries(world).map(([name, value]) => `    ${`{${name}}`.padEnd(width)}${value}`);
    const hint = [
      error.hint,
      "",
      "  What a value may stand for, or hold, as in `--input url={healthUrl}`:",
      ...facts,
      "",
      `  So that nobody has to type it: declare it in \`practice/${path.basename(file)}\` (docs/practice.md).`,
    ].join("\n");
    throw new RunbookError(error.code, error.message, { cause: error, hint });
  }
}
