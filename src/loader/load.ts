/**
 * Runbooks are TypeScript files. A file is bundled to one text, whose digest is its identity: a run keeps that text and
 * goes on with it whatever happens to the file. The text is evaluated with only what is handed to it, so it does not
 * matter where it lies.
 */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import { RunbookError } from "../model/error.ts";
import { sha256 } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";

export interface Loaded {
  readonly runbook: Runbook;
  /** The bundled text and its SHA-256. */
  readonly text: string;
  readonly source: string;
  readonly file: string;
}

/** Where runbooks are looked for: the working directory's own first, then those that come with runwright. */
function shelves(cwd: string): readonly string[] {
  return [path.join(cwd, "runbooks"), path.join(packageRoot(), "runbooks")];
}

/** Loads a runbook by name, or by the path of its file. */
export async function loadRunbook(nameOrFile: string, cwd: string): Promise<Loaded> {
  const file = await findFile(nameOrFile, cwd);
  const text = await bundle(file);
  return { runbook: await evaluate(text, file), text, source: sha256(text), file };
}

/** Every runbook on the shelves, by name. */
export async function listRunbooks(
  cwd: string,
): Promise<readonly { readonly name: string; readonly file: string }[]> {
  const found = new Map<string, string>();
  for (const shelf of shelves(cwd)) {
    for (const name of await readdir(shelf).catch(() => [])) {
      const id = path.basename(name, ".ts");
      if (name.endsWith(".ts") && !found.has(id)) found.set(id, path.join(shelf, name));
    }
  }
  return [...found].map(([name, file]) => ({ name, file }));
}

async function findFile(nameOrFile: string, cwd: string): Promise<string> {
  const isPath = /[/\\]|\.[cm]?[jt]s$/.test(nameOrFile);
  const candidates = isPath
    ? [path.resolve(cwd, nameOrFile), ...inPackage(nameOrFile, cwd)]
    : shelves(cwd).map((shelf) => path.join(shelf, `${nameOrFile}.ts`));
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file !== undefined) return file;
  const known = (await listRunbooks(cwd)).map(({ name }) => name).join(", ");
  throw new RunbookError(
    "RUNBOOK_UNKNOWN",
    `There is no runbook \`${nameOrFile}\` (known: ${known === "" ? "none" : known}).`,
  );
}

/** `some-package/name` is `runbooks/name.ts` of a package that is installed here, or in a directory above. */
function inPackage(name: string, cwd: string): readonly string[] {
  const [, from, id] = /^((?:@[\w.-]+\/)?[\w-][\w.-]*)\/([\w-]+)$/.exec(name) ?? [];
  if (from === undefined || id === undefined) return [];
  const found: string[] = [];
  for (let dir = path.resolve(cwd); ; dir = path.dirname(dir)) {
    found.push(path.join(dir, "node_modules", from, "runbooks", `${id}.ts`));
    if (dir === path.dirname(dir)) return found;
  }
}

async function bundle(file: string): Promise<string> {
  const { build } = await import("esbuild");
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: "cjs",
      platform: "node",
      target: "node20",
      // Only texts that do not depend on the machine may be in what a digest names.
      absWorkingDir: path.dirname(file),
      external: ["runwright", "runwright/*", "zod", "xstate"],
      logLevel: "silent",
    });
    return outputFiles[0]?.text ?? "";
  } catch (error) {
    const [first] = (error as { readonly errors?: readonly Mistake[] }).errors ?? [];
    throw broken(file, first === undefined ? String(error) : whereAndWhat(first), error);
  }
}

interface Mistake {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** Editors and people go to `file:line:column`. */
function whereAndWhat({ text, location }: Mistake): string {
  if (location === null) return text;
  return `${text} (${location.file}:${location.line}:${location.column + 1})`;
}

/** The runbook in a bundled text; also used for the pinned text of a run. */
export async function evaluate(text: string, file: string): Promise<Runbook> {
  const provided: Readonly<Record<string, unknown>> = {
    runwright: await import("../index.ts"),
    "runwright/steps": await import("../steps/index.ts"),
    zod: await import("zod"),
    ...(text.includes('require("xstate")') ? { xstate: await import("xstate") } : {}),
  };
  const builtIn = createRequire(import.meta.url);
  const require = (name: string): unknown => {
    if (name in provided) return provided[name];
    if (name.startsWith("node:")) return builtIn(name);
    throw broken(file, `it imports \`${name}\`, which is not there`);
  };
  const module: { exports: Readonly<Record<string, unknown>> } = { exports: {} };
  try {
    const run = compileFunction(text, ["require", "module", "exports"], { filename: file });
    Reflect.apply(run, undefined, [require, module, module.exports]);
  } catch (error) {
    throw error instanceof RunbookError ? error : broken(file, messageOf(error), error);
  }
  const runbook = module.exports["default"] ?? Object.values(module.exports).find(isRunbook);
  if (isRunbook(runbook)) return runbook;
  throw broken(file, "it exports no runbook (the result of `define`)");
}

/** The name of an error is said only where it tells something. */
function messageOf(error: unknown): string {
  return error instanceof Error && error.name === "Error" ? error.message : String(error);
}

function isRunbook(value: unknown): value is Runbook {
  return typeof value === "object" && value !== null && "machine" in value && "criteria" in value;
}

function broken(file: string, why: string, cause?: unknown): RunbookError {
  return new RunbookError(
    "RUNBOOK_BROKEN",
    `\`${path.basename(file)}\` cannot be used as a runbook: ${why}.`,
    { cause },
  );
}

/** The directory of this package, from a source file as well as from a bundle. */
export function packageRoot(): string {
  let dir = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(dir, "package.json"))) dir = path.dirname(dir);
  return dir;
}
