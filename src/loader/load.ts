/**
 * Runbooks are TypeScript files. A file is bundled to one text, whose digest is its identity: a run keeps that text and
 * goes on with it whatever happens to the file. The text is evaluated with only what is handed to it, so it does not
 * matter where it lies.
 */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { RunbookError } from "../model/error.ts";
import { sha256 } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";
import type { BundledText } from "./bundle.ts";
import { cachedBundle, type LoadEnvironment } from "./cache.ts";
import { evaluate, exportsOf } from "./evaluate.ts";
import { packageRunbookDirectories } from "./packages.ts";

export interface LoadedRunbook extends BundledText {
  readonly runbook: Runbook;
  /** The SHA-256 of the bundled text. */
  readonly source: string;
  readonly file: string;
}

/** Where runbooks are looked for: the working directory's own first, then as configured, then those that come with runwright. */
export function runbookDirectories({ cwd, env }: LoadEnvironment): readonly string[] {
  const configured = (env["RUNWRIGHT_RUNBOOKS"] ?? "").split(":").filter((dir) => dir !== "");
  const all = ["runbooks", ...configured].map((dir) => path.resolve(cwd, dir));
  return [...new Set([...all, path.join(packageRoot(), "runbooks")])];
}

/** Loads a runbook by name, or by the path of its file. */
export async function loadRunbook(nameOrFile: string, around: LoadEnvironment): Promise<LoadedRunbook> {
  const file = await findFile(nameOrFile, around);
  const { text, map } = await cachedBundle(file, around);
  return { runbook: await evaluate(text, file, { map }), text, map, source: sha256(text), file };
}

/** What a file that is no runbook exports; it is written and loaded as one. `wrong` makes the error of one that cannot be. */
export async function exportsOfFile(
  file: string,
  around: Pick<LoadEnvironment, "env">,
  wrong: (why: string, cause: unknown) => RunbookError,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { text, map } = await cachedBundle(file, around);
    return (await exportsOf(text, file, { map })).exports;
  } catch (cause) {
    const why = cause instanceof RunbookError ? cause.data["why"] : undefined;
    throw typeof why === "string" ? wrong(why, cause) : cause;
  }
}

/** Every runbook on the shelves, by name. */
export async function listRunbooks(
  around: LoadEnvironment,
): Promise<readonly { readonly name: string; readonly file: string }[]> {
  const found = new Map<string, string>();
  for (const directory of runbookDirectories(around)) {
    for (const name of await readdir(directory).catch(() => [])) {
      const id = path.basename(name, ".ts");
      if (name.endsWith(".ts") && !found.has(id)) found.set(id, path.join(directory, name));
    }
  }
  return [...found].map(([name, file]) => ({ name, file }));
}

async function findFile(nameOrFile: string, around: LoadEnvironment): Promise<string> {
  const { cwd } = around;
  const isPath = /[/\\]|\.[cm]?[jt]s$/.test(nameOrFile);
  const candidates = isPath
    ? [path.resolve(cwd, nameOrFile), ...inPackage(nameOrFile, cwd)]
    : runbookDirectories(around).map((shelf) => path.join(shelf, `${nameOrFile}.ts`));
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file !== undefined) return file;
  const known = (await listRunbooks(around)).map(({ name }) => name).join(", ");
  throw new RunbookError(
    "RUNBOOK_UNKNOWN",
    `There is no runbook \`${nameOrFile}\` (known: ${known === "" ? "none" : known}).`,
  );
}

/** `some-package/name` is `runbooks/name.ts` of a package that is installed here, or in a directory above. */
function inPackage(name: string, cwd: string): readonly string[] {
  const [, from, id] = /^((?:@[\w.-]+\/)?[\w-][\w.-]*)\/([\w-]+)$/.exec(name) ?? [];
  if (from === undefined || id === undefined) return [];
  return packageRunbookDirectories(from, cwd).map((shelf) => path.join(shelf, `${id}.ts`));
}

/** The directory of this package, from a source file as well as from a bundle. */
export function packageRoot(): string {
  let dir = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(dir, "package.json"))) dir = path.dirname(dir);
  return dir;
}
