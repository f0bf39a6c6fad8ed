import { createRequire, SourceMap, type SourceMapPayload } from "node:module";
import path from "node:path";
import { compileFunction } from "node:vm";
import { RunbookError } from "../model/error.ts";
import { sha256 } from "../model/json.ts";
import { noteErrorLocator } from "../runbook/source-locations.ts";
import type { Runbook } from "../runbook/types.ts";
import { broken } from "./bundle.ts";

/** What a bundled text may import besides Node's own modules; loaded when it does. */
const providedModules: Readonly<Record<string, () => Promise<unknown>>> = {
  runwright: () => import("../index.ts"),
  "runwright/steps": () => import("../steps/index.ts"),
  zod: () => import("zod"),
  xstate: () => import("xstate"),
};

/** What may be known of a text, and done for it. */
export interface EvaluateOptions {
  /** Where in its files its code stands. */
  readonly map?: string | undefined;
  /** Gives what of Node it may import; without it, everything. */
  readonly builtIn?: ((name: string) => unknown) | undefined;
}

/** What a bundled text exports, and where in its files its code stands. */
export async function exportsOf(
  text: string,
  file: string,
  { map, builtIn = createRequire(import.meta.url) }: EvaluateOptions = {},
) {
  const locations = sourceLocations(sha256(text), map, path.isAbsolute(file) ? path.dirname(file) : null);
  const modules = new Map<string, unknown>();
  for (const [, name = ""] of text.matchAll(/\brequire\("([^"]+)"\)/g))
    if (!modules.has(name)) modules.set(name, await providedModules[name]?.());
  const require = (name: string): unknown => {
    const found = modules.get(name);
    if (found !== undefined) return found;
    if (name.startsWith("node:")) return builtIn(name);
    throw broken(file, `it imports \`${name}\`, which is not there`);
  };
  const module: { exports: Readonly<Record<string, unknown>> } = { exports: {} };
  try {
    const run = compileFunction(text, ["require", "module", "exports"], { filename: locations.name });
    Reflect.apply(run, undefined, [require, module, module.exports]);
  } catch (error) {
    const location = locations.locationOf(error);
    locations.rewriteStack(error);
    if (error instanceof RunbookError) throw error;
    throw broken(file, `${messageOf(error)}${location === null ? "" : ` (${location})`}`, error);
  }
  return { exports: module.exports, places: locations };
}

/** The runbook in a bundled text; also used for the pinned text of a run, whose file may be gone: `file` is then only a name. */
export async function evaluate(text: string, file: string, options?: EvaluateOptions): Promise<Runbook> {
  const { exports, places: locations } = await exportsOf(text, file, options);
  const runbook = exports["default"] ?? Object.values(exports).find(isRunbook);
  if (!isRunbook(runbook)) throw broken(file, "it exports no runbook (the result of `define`)");
  for (const member of runbook.family.values()) noteErrorLocator(member, locations);
  return runbook;
}

/** The name of an error is said only where it tells something. */
function messageOf(error: unknown): string {
  return error instanceof Error && error.name === "Error" ? error.message : String(error);
}

function isRunbook(value: unknown): value is Runbook {
  return typeof value === "object" && value !== null && "machine" in value && "criteria" in value;
}

/** Where in an author's files the code of a bundled text stands. */
interface SourceLocations {
  /** The name that the text is compiled under; no other text has it. */
  readonly name: string;
  /** `small.ts:12:3` of the topmost call in an error's stack that is in the text; null when none is. */
  readonly locationOf: (error: unknown) => string | null;
  /** Rewrites the stack of an error and of its causes to name the author's files. */
  readonly rewriteStack: (error: unknown) => void;
}

/** Reads positions in the text of this digest by its source map; without one they are told as they are. */
function sourceLocations(source: string, map: string | undefined, dir: string | null): SourceLocations {
  const name = `runbook-${source.slice(0, 16)}.cjs`;
  const inText = new RegExp(`${name}:(\\d+):(\\d+)`, "g");
  // Parsed when something goes wrong, which is seldom.
  let parsed: SourceMap | null | undefined;

  function at(line: string, column: string): string | null {
    parsed ??= parse(map);
    const found = parsed?.findEntry(Number(line) - 1, Number(column) - 1);
    if (found === undefined || !("originalSource" in found)) return null;
    return `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  }

  function locationOf(error: unknown): string | null {
    const [, line, column] = new RegExp(inText.source).exec(stackOf(error)) ?? [];
    return line === undefined || column === undefined ? null : at(line, column);
  }

  function rewriteStack(error: unknown): void {
    if (!(error instanceof Error)) return;
    const stack = stackOf(error).replaceAll(inText, (text, line: string, column: string) => {
      const location = at(line, column);
      if (location === null) return text;
      return dir === null ? location : path.resolve(dir, location);
    });
    Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
    rewriteStack(error.cause);
  }

  return { name, locationOf, rewriteStack };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? "") : "";
}

function parse(map: string | undefined): SourceMap | null {
  if (map === undefined) return null;
  try {
    return new SourceMap(JSON.parse(map) as SourceMapPayload);
  } catch {
    return null;
  }
}
