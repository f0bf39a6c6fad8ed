import { errorCode } from "../../model/error-code.ts";
import { RunbookError } from "../../model/error.ts";
import type { Json } from "../../model/json.ts";
import { visible, visibleJson } from "../../redact/visible.ts";
import type { Globals, Io } from "../io.ts";

/** Says what happened and what to do next, in the form that was asked for and without secrets; returns the exit code. */
export function printError(error: unknown, globals: Pick<Globals, "json" | "debug">, io: Io): number {
  if (isOfParser(error)) return error.exitCode === 0 ? 0 : usage(error, globals, io);
  if (error instanceof RunbookError) return known(error, globals, io);
  const stack = error instanceof Error ? stackOf(error) : String(error);
  if (globals.json) writeJson({ code: "UNEXPECTED", title: stack, next: [] }, io);
  else io.stderr.write(`Error: this is a bug in runwright.\n\n${shown(stack, io)}\n`);
  return 1;
}

function known(error: RunbookError, { json, debug }: Pick<Globals, "json" | "debug">, io: Io): number {
  const { code, message, hint, data, exitCode } = error;
  if (json) writeJson({ code, title: message, data, next: [hint] }, io);
  else io.stderr.write(`Error: ${shown(message, io)}  [${code}]\n\n  ${shown(hint, io)}\n`);
  if (debug) printStack(error, io);
  return exitCode;
}

/** Shows where an error came from, without secrets. */
export function printStack(error: Error, io: Io): void {
  io.stderr.write(`\n${shown(stackOf(error), io)}\n`);
}

/** Where it came from, and what caused it. */
function stackOf({ stack, message, cause }: Error): string {
  const own = stack ?? message;
  return cause instanceof Error ? `${own}\nCaused by: ${stackOf(cause)}` : own;
}

function shown(text: string, { redactor }: Pick<Io, "redactor">): string {
  return visible(redactor === undefined ? text : redactor.text(text));
}

/** commander is not loaded for this: a quick command does without it. */
function isOfParser(error: unknown): error is Error & { readonly exitCode: number } {
  return errorCode(error).startsWith("commander.");
}

/** commander has already written its sentence to stderr. */
function usage({ message }: Error, { json }: Pick<Globals, "json" | "debug">, io: Io): number {
  if (json) writeJson({ code: "USAGE", title: message, next: ["runwright help"] }, io);
  return 2;
}

function writeJson(error: Json, { stdout, redactor }: Io): void {
  const told = JSON.stringify({ error: redactor === undefined ? error : redactor.json(error) });
  stdout.write(`${visibleJson(told)}\n`);
}
