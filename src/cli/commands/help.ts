import { catalogue, type ErrorCode } from "../../model/catalogue.ts";
import { RunbookError } from "../../model/error.ts";
import type { Globals, Io } from "../io.ts";
import { columns, printJson, printLines } from "../view/print.ts";

export interface HelpArgs {
  /** `exit-codes`, `errors` or an error's code. */
  readonly topic: string;
}

/** The exit codes of every command; scripts rely on them. */
const exitCodes: readonly (readonly [number, string])[] = [
  [0, "the run succeeded and every success criterion passes; or the command did what it was asked"],
  [1, "the run failed, was rejected or cancelled, or something unexpected happened"],
  [2, "a flag or an input is wrong, or a person is needed and there is no terminal"],
  [3, "all steps ran, but success criteria are not met: applied, not fixed"],
  [4, "credentials are missing or have expired"],
  [5, "conflict: another process holds the run or target, or what was approved has changed"],
  [8, "paused: a person has to decide, or a time has to come; the command to continue is printed"],
  [9, "the record or the evidence does not verify"],
  [130, "stopped by SIGINT (Ctrl-C); saved, continue with `runwright resume`"],
  [143, "stopped by SIGTERM; saved, continue with `runwright resume`"],
];

/** Explains exit codes and error codes, without a network. */
export async function help({ topic }: HelpArgs, globals: Globals, io: Io): Promise<number> {
  if (topic === "exit-codes") return printExitCodes(globals, io);
  if (topic === "errors") return printErrors(globals, io);
  const code = topic.toUpperCase().replaceAll("-", "_");
  if (!isCode(code)) {
    throw new RunbookError("USAGE", `There is no help on \`${topic}\`.`, {
      hint: "See `runwright help`, `runwright help exit-codes` or `runwright help errors`.",
    });
  }
  const { exit, hint } = catalogue[code];
  if (globals.json) printJson(io, "help", { code, exit, hint });
  else printLines(io, [code, "", `  next       ${hint}`, `  exit code  ${exit}: ${meaningOf(exit)}`]);
  return 0;
}

function printExitCodes(globals: Globals, io: Io): number {
  if (globals.json)
    printJson(io, "exit-codes", { exitCodes: exitCodes.map(([code, meaning]) => ({ code, meaning })) });
  else printLines(io, columns(exitCodes.map(([code, meaning]) => [String(code), meaning])));
  return 0;
}

function printErrors(globals: Globals, io: Io): number {
  const errors = Object.entries(catalogue).map(([code, { exit, hint }]) => ({ code, exit, hint }));
  if (globals.json) printJson(io, "errors", { errors });
  else
    printLines(
      io,
      columns([
        ["CODE", "EXIT", "NEXT"],
        ...errors.map(({ code, exit, hint }) => [code, String(exit), hint]),
      ]),
    );
  return 0;
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}

function meaningOf(exit: number): string {
  return exitCodes.find(([code]) => code === exit)?.[1] ?? "";
}
