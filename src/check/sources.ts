/** The files that a runbook is written in, and where in them its states stand. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { lastKey } from "../model/state-ids.ts";
import { lineAt, scan, type ScannedSource } from "./literals.ts";
import type { Problem } from "./rules/problem.ts";

export interface SourceFile extends ScannedSource {
  readonly file: string;
  readonly text: string;
}

export interface FileLine {
  readonly file: string;
  readonly line: number;
}

/** The file and what it imports by relative path, the file itself first. */
export async function sourcesOf(file: string): Promise<readonly SourceFile[]> {
  const sources = new Map<string, SourceFile>();
  await add(path.resolve(file), sources);
  return [...sources.values()];
}

async function add(file: string, sources: Map<string, SourceFile>): Promise<void> {
  if (sources.has(file) || !existsSync(file)) return;
  const text = await readFile(file, "utf8");
  const scanned = scan(text);
  sources.set(file, { file, text, ...scanned });
  for (const { at, text: name } of scanned.literals) {
    const isImported = /\b(?:from|import)\s*\(?\s*$/.test(scanned.code.slice(Math.max(0, at - 40), at));
    if (isImported && name.startsWith(".")) await add(path.resolve(path.dirname(file), name), sources);
  }
}

/** Where a state of a runbook stands; the beginning of the runbook, or of the file, when it cannot be found. */
export function lineOfState(
  sources: readonly SourceFile[],
  runbook: string | null,
  state: string | null,
): FileLine {
  const [entry] = sources;
  const own = sources.find((source) => literalAt(source, runbook) !== undefined) ?? entry;
  if (own === undefined) return { file: "", line: 1 };
  const begin = literalAt(own, runbook) ?? 0;
  const at =
    state === null ? undefined : (keyAt(own, lastKey(state), begin) ?? keyAt(own, lastKey(state), 0));
  return { file: own.file, line: lineAt(own.text, at ?? begin) };
}

/** The line of the first literal with this text, or undefined. */
export function lineOfLiteral(sources: readonly SourceFile[], text: string): FileLine | undefined {
  for (const source of sources) {
    const at = literalAt(source, text);
    if (at !== undefined) return { file: source.file, line: lineAt(source.text, at) };
  }
  return undefined;
}

function literalAt({ literals }: SourceFile, text: string | null): number | undefined {
  return literals.find((literal) => literal.text === text)?.at;
}

/** A key that something is called for is rather a state than one that only holds a value. */
function keyAt({ code, text, literals }: SourceFile, key: string, begin: number): number | undefined {
  const bare = [...code.slice(begin).matchAll(/(?<![\w$.])([\w$]+)\s*:/g)]
    .filter(([, name]) => name === key)
    .map(({ index }) => begin + index);
  const quoted = literals
    .filter((literal) => literal.text === key && literal.at >= begin)
    .map(({ at }) => at)
    .filter((at) => /^["'][^\n]*?["']\s*:/.test(text.slice(at)));
  const all = [...bare, ...quoted].toSorted((one, other) => one - other);
  const isCalled = (at: number) => /^[^:]*:\s*(?:[\w$.]+\s*\(|\{)/.test(code.slice(at));
  return all.find(isCalled) ?? all[0];
}

/**
 * Whether a comment in the file accepts the finding: `// accept RULE: reason`, in its line or right above it. Without a
 * reason it accepts nothing.
 */
export function isSuppressed({ rule, line }: Problem, source: SourceFile | undefined): boolean {
  if (source === undefined) return false;
  const lines = source.text.split("\n");
  return source.comments.some(({ at, text }) => {
    const said = /^\/[/*]\s*accept ([a-z-]+): *\S/.exec(text)?.[1];
    if (said !== rule) return false;
    const from = lineAt(source.text, at);
    const between = lines.slice(from, line - 1);
    return from <= line && between.every((one) => one.trim().startsWith("//"));
  });
}
