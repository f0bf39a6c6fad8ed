/**
 * The files that a saved plan can depend on. Terraform puts the configuration into the plan, but not the scripts that
 * provisioners and external data sources run, nor the files that they read: those are taken from the disk at the apply.
 */
import { parsedJson } from "../../model/json-read.ts";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { dataDir } from "./backend.ts";

/** The SHA-256 of each file by its path from the directory; what cannot be read has words in place of a digest. */
export const Manifest = z.record(z.string(), z.string());
export type Manifest = z.output<typeof Manifest>;

/** What terraform, its locks, editors and we ourselves write beside a configuration; no plan depends on it. */
const passing =
  /^(\.git|\.terraform|\.runwright|terraform\.tfstate\.d|.*\.tfstate(\.\d+)?(\.backup)?|\.terraform\.tfstate\.lock\.info|state\.db(-wal|-shm|-journal)?|crash(\..*)?\.log|.*~|#.*#|\.#.*|\..*\.sw[a-p])$/;

/** Lists the files of a directory, of the modules that it uses and those that the configuration names elsewhere. */
export async function manifestOf(dir: string): Promise<Manifest> {
  const files = new Map<string, string>();
  const modules = await moduleDirs(dir);
  for (const root of [dir, ...modules]) await addTree(files, dir, root);
  const configurations = [...files.keys()].filter((name) => /\.tf(\.json)?$/.test(name));
  for (const name of configurations) {
    for (const found of await namedIn(path.resolve(dir, name), dir)) await addNamed(files, dir, found);
  }
  return Object.fromEntries(files);
}

const Modules = z.looseObject({ Modules: z.array(z.looseObject({ Dir: z.string() })) });

/** Where `terraform init` found the modules, those in its own cache included. */
async function moduleDirs(dir: string): Promise<readonly string[]> {
  const text = await readFile(path.resolve(dir, dataDir(), "modules/modules.json"), "utf8").catch(() => "{}");
  const { Modules: modules = [] } = Modules.partial().safeParse(parsedJson(text)).data ?? {};
  return modules.map(({ Dir }) => path.resolve(dir, Dir)).filter((found) => found !== path.resolve(dir));
}

async function addTree(
  files: Map<string, string>,
  dir: string,
  folder: string,
  above: readonly string[] = [],
): Promise<void> {
  const real = await realpath(folder).catch(() => undefined);
  // A link may lead back to where it is.
  if (real === undefined || above.includes(real)) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (passing.test(entry.name)) continue;
    const found = path.join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(found).catch(() => undefined) : entry;
    if (kind?.isDirectory() === true) await addTree(files, dir, found, [...above, real]);
    else await addFile(files, dir, found);
  }
}

async function addFile(files: Map<string, string>, dir: string, file: string): Promise<void> {
  const name = path.relative(dir, file);
  if (!files.has(name)) files.set(name, await digestOfFile(file));
}

/** The SHA-256 of a file's content; a pipe or a socket has none. */
export async function digestOfFile(file: string): Promise<string> {
  try {
    if (!(await stat(file)).isFile()) return "not a file";
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
    return hash.digest("hex");
  } catch {
    const target = await readlink(file).catch(() => undefined);
    return target === undefined ? "unreadable" : `a link to ${target}`;
  }
}

/** Paths in a configuration: `${path.module}/../deploy.sh`, `../scripts`, `/opt/deploy.sh`. */
const paths = /(?:\$\{path\.(?:module|root|cwd)\}|\.{1,2})?(?:\/[\w.@+-]+)+/g;

interface NamedPath {
  readonly path: string;
  readonly isRelative: boolean;
}

async function namedIn(configuration: string, dir: string): Promise<readonly NamedPath[]> {
  const text = await readFile(configuration, "utf8").catch(() => "");
  const found = [...text.matchAll(paths)].map(([name]) => name.replace(/^\$\{path\.\w+\}/, "."));
  // What a relative path starts from depends on who reads it: the module's directory, or the one terraform runs in.
  return [...new Set(found)].flatMap((name) =>
    [path.dirname(configuration), dir].map((from) => {
      return { path: path.resolve(from, name), isRelative: !path.isAbsolute(name) };
    }),
  );
}

/** A file anywhere, or a folder that is named from here; a folder of the system is no part of the configuration. */
async function addNamed(files: Map<string, string>, dir: string, named: NamedPath): Promise<void> {
  if (/^\/(proc|sys|dev)\//.test(named.path)) return;
  const kind = await stat(named.path).catch(() => undefined);
  if (kind?.isFile() === true) await addFile(files, dir, named.path);
  // The folder that holds the directory is only on the way to something.
  const isAbove = !path.relative(named.path, dir).startsWith("..");
  if (kind?.isDirectory() === true && named.isRelative && !isAbove) await addTree(files, dir, named.path);
}
