import { createRequire } from "node:module";
import path from "node:path";
import { compileFunction } from "node:vm";
import { RunbookError } from "../model/error.ts";
import { sha256 } from "../model/json.ts";
import { noteErrorLocator } from "../runbook/source-locations.ts";
import type { Runbook } from "../runbook/types.ts";
import { broken } from "./bundle.ts";
import { sourceLocations } from "./source-locations.ts";

/** What a bundled text may import besides Node's own modules; loaded when it does. */
const providedModules: Readonly<Record<string, () => Promise<unknown>>> = {
  runwright: () => import("../index.ts"),
  "runwright/steps": () => import("../steps/index.ts"),
  zod: () => import("zod"),
  xstate: () => import("xstate"),
};

/** What a bundled text exports, and where in its files its code stands. */
export async function exportsOf(text: string, file: string, map?: string) {
  const locations = sourceLocations(sha256(text), map, path.isAbsolute(file) ? path.dirname(file) : null);
  const modules = new Map<string, unknown>();
  for (const [, name = ""] of text.matchAll(/\brequire\("([^"]+)"\)/g))
    if (!modules.has(name)) modules.set(name, await providedModules[name]?.());
  const builtIn = createRequire(import.meta.url);
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
export async function evaluate(text: string, file: string, map?: string): Promise<Runbook> {
  const { exports, places: locations } = await exportsOf(text, file, map);
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
