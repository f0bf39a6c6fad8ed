/**
 * Bundled texts, kept from one command to the next in the user's cache directory. An entry says what a text was made of;
 * the text itself lies in a file named by its digest, and is never used without that having been compared. Whatever goes
 * wrong here costs time and nothing else.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { canonical, sha256 } from "../model/json.ts";
import { personalDirectory } from "../system/account.ts";
import { writeWhole } from "../system/files.ts";
import { bundle, bundlerOptions, type BundledText, type FreshBundle } from "./bundle.ts";

/** What a command may use of the process that it runs in to find and load files. */
export interface LoadEnvironment {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Which texts a file was bundled to, and everything that they depend on, each with the digest that it had. */
interface CacheEntry {
  readonly text: string;
  readonly map: string;
  readonly places: Readonly<Record<string, string>>;
}

/** An entry that nobody has made anew for so long is dropped. */
const maxAgeMs = 30 * 86_400_000;

/** The bundle of a file: from the cache when nothing has changed that it depends on, else made and kept. */
export async function cachedBundle(
  named: string,
  { env }: Pick<LoadEnvironment, "env">,
): Promise<BundledText> {
  const dir = cacheDirectory(env);
  const file = realpathSync(named);
  const known = dir !== null && isPrivate(dir) ? find(dir, file) : undefined;
  if (known !== undefined) return known;
  const made = await bundle(file);
  // What was searched for may be found elsewhere the next time.
  if (made.isSelfContained && dir !== null) keep(dir, file, made);
  return made;
}

/** Where bundled texts are kept; null where there is no place for them. */
export function cacheDirectory(env: LoadEnvironment["env"]): string | null {
  const dir = personalDirectory("cache", env);
  return dir === null ? null : path.join(dir, "runbooks");
}

/** Nobody else may have put anything there: what lies in it is run. */
export function isPrivate(dir: string): boolean {
  try {
    const found = lstatSync(dir);
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

function find(dir: string, file: string): BundledText | undefined {
  try {
    // What is no entry has no such fields, and throws or differs.
    const entry = JSON.parse(readFileSync(entryFile(dir, file), "utf8")) as CacheEntry;
    if (Object.entries(entry.places).some(([place, digest]) => fingerprint(place) !== digest))
      return undefined;
    return { text: read(dir, entry.text), map: read(dir, entry.map) };
  } catch {
    return undefined;
  }
}

/** What is in a file named by its digest; throws when that is something else. */
function read(dir: string, digest: string): string {
  const text = readFileSync(path.join(dir, digest), "utf8");
  if (sha256(text) !== digest) throw new Error(`${digest} is not what it was.`);
  return text;
}

function keep(dir: string, file: string, { text, map, files }: FreshBundle): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (!isPrivate(dir)) return;
    const around = Object.fromEntries(dependencies(files).map((place) => [place, fingerprint(place)]));
    const entry: CacheEntry = { text: sha256(text), map: sha256(map), places: { ...files, ...around } };
    writeWhole(path.join(dir, entry.text), text);
    writeWhole(path.join(dir, entry.map), map);
    writeWhole(entryFile(dir, file), JSON.stringify(entry));
    dropOld(dir);
  } catch {
    // A disk that is full or read-only: the next command bundles anew.
  }
}

function dropOld(dir: string): void {
  const before = Date.now() - maxAgeMs;
  for (const name of readdirSync(dir)) {
    const file = path.join(dir, name);
    if (statSync(file).mtimeMs < before) rmSync(file, { force: true });
  }
}

function entryFile(dir: string, file: string): string {
  return path.join(dir, `${sha256(canonical({ file, options: JSON.stringify(bundlerOptions) }))}.json`);
}

/**
 * What a text depends on besides its files: the bundler; a file that is named like one of them and would be taken instead;
 * what a `package.json` says of them.
 */
function dependencies(files: FreshBundle["files"]): readonly string[] {
  const dirs = new Set(Object.keys(files).map((file) => path.dirname(file)));
  const above = new Set([...dirs].flatMap(ancestors));
  return [
    createRequire(import.meta.url).resolve("esbuild/package.json"),
    ...dirs,
    ...[...above].map((dir) => path.join(dir, "package.json")),
  ];
}

function ancestors(dir: string): readonly string[] {
  return dir === path.dirname(dir) ? [dir] : [dir, ...ancestors(path.dirname(dir))];
}

/** The digest of what is in a file, or of the names in a directory; nothing for what is not there. */
function fingerprint(place: string): string {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return sha256(readdirSync(place).filter(isCode).toSorted().join("\n"));
  return found === undefined ? "" : sha256(readFileSync(place));
}

/** A database comes and goes beside a runbook. */
function isCode(name: string): boolean {
  return /\.(?:[cm]?[jt]sx?|json|css)$/.test(name);
}
