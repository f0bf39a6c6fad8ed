import { SourceMap, type SourceMapPayload } from "node:module";
import path from "node:path";

/** Where in an author's files the code of a bundled text stands. */
export interface SourceLocations {
  /** The name that the text is compiled under; no other text has it. */
  readonly name: string;
  /** `small.ts:12:3` of the topmost call in an error's stack that is in the text; null when none is. */
  readonly locationOf: (error: unknown) => string | null;
  /** Rewrites the stack of an error and of its causes to name the author's files. */
  readonly rewriteStack: (error: unknown) => void;
}

/** Reads positions in the text of this digest by its source map; without one they are told as they are. */
export function sourceLocations(
  source: string,
  map: string | undefined,
  dir: string | null,
): SourceLocations {
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
