import { RunbookError } from "../model/error.ts";
import { visible } from "../redact/visible.ts";
import type { Globals, Io } from "./io.ts";

/** Says what happened and what to do next, in the form that was asked for; returns the exit code. */
export function printError(error: unknown, globals: Pick<Globals, "json" | "debug">, io: Io): number {
  if (isOfParser(error)) return error.exitCode === 0 ? 0 : usage(error, globals, io);
  if (error instanceof RunbookError) return known(error, globals, io);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (globals.json) writeJson({ code: "UNEXPECTED", title: stack, next: [] }, io);
  else io.stderr.write(`Error: this is a bug in runwright.\n\n${visible(stack)}\n`);
  return 1;
}

function known(error: RunbookError, { json, debug }: Pick<Globals, "json" | "debug">, io: Io): number {
  const { code, message, hint, data, exitCode } = error;
  if (json) writeJson({ code, title: message, data, next: [hint] }, io);
  else io.stderr.write(`Error: ${visible(message)}  [${code}]\n\n  ${visible(hint)}\n`);
  if (debug) io.stderr.write(`\n${visible(error.stack ?? "")}\n`);
  return exitCode;
}

/** commander is not loaded for this: a quick command does without it. */
function isOfParser(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

/** commander has already written its sentence to stderr. */
function usage({ message }: Error, { json }: Pick<Globals, "json" | "debug">, io: Io): number {
  if (json) writeJson({ code: "USAGE", title: message, next: ["runwright help"] }, io);
  return 2;
}

function writeJson(error: unknown, io: Io): void {
  io.stdout.write(`${JSON.stringify({ error })}\n`);
}
