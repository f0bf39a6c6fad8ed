/**
 * What the programs that tests start ran of our sources: node writes down what it ran of each file of `dist` when such a program ends,
 * and the source maps beside these files say where that comes from.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { eachMapping, TraceMap } from "@jridgewell/trace-mapping";

/** What node writes of each file that a program loaded. */
interface ScriptRun {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

export interface Position {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/** A file of `dist`: which of its characters any program has run, each one or zero. */
interface Script {
  readonly file: string;
  readonly ran: Uint8Array;
  readonly scratch: Uint8Array;
}

export class Programs {
  readonly #dir: string;
  readonly #dist: string;
  /** By the URL where a program had it. */
  readonly #scripts = new Map<string, Script | undefined>();

  /** Of the programs that were started with `NODE_V8_COVERAGE=dir` those count that lie in `dist`. */
  constructor(dir: string, dist: string) {
    this.#dir = dir;
    this.#dist = `${path.resolve(dist)}${path.sep}`;
  }

  /** Takes in, and removes, what programs have written until now; what is still being written waits for the next time. */
  take(): void {
    if (!existsSync(this.#dir)) return;
    for (const name of readdirSync(this.#dir)) {
      const file = path.join(this.#dir, name);
      const runs = parsed(readFileSync(file, "utf8"));
      if (runs === undefined) continue;
      for (const run of runs) this.#add(run);
      rmSync(file);
    }
  }

  /** Of each source file the places that some program has run, in the order of the file. */
  ran(): ReadonlyMap<string, readonly Position[]> {
    const places = new Map<string, Position[]>();
    for (const script of this.#scripts.values()) if (script !== undefined) addPlaces(script, places);
    for (const list of places.values()) list.sort(inOrder);
    return places;
  }

  #add({ url, functions }: ScriptRun): void {
    const script = this.#script(url);
    // Whatever else has the place of a file of ours would be of another length.
    if (script === undefined || functions[0]?.ranges[0]?.endOffset !== script.ran.length) return;
    const { ran, scratch } = script;
    // A range is within one that is written before it, so that the last word on a character is that of the innermost.
    for (const { ranges } of functions)
      for (const { startOffset, endOffset, count } of ranges)
        scratch.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    for (let at = 0; at < scratch.length; at += 1) if (scratch[at] === 1) ran[at] = 1;
  }

  #script(url: string): Script | undefined {
    if (!this.#scripts.has(url)) this.#scripts.set(url, this.#opened(url));
    return this.#scripts.get(url);
  }

  #opened(url: string): Script | undefined {
    if (!url.startsWith("file:")) return undefined;
    // Some tests install the package, which has the same files.
    const file = fileURLToPath(url).replace(/^.*\/node_modules\/runwright\/dist\//, this.#dist);
    // A file of packages only has no map.
    if (!file.startsWith(this.#dist) || !existsSync(`${file}.map`)) return undefined;
    const { length } = readFileSync(file, "utf8");
    return { file, ran: new Uint8Array(length), scratch: new Uint8Array(length) };
  }
}

/** Whether anything within a span was run; then so was the span, at least in part. */
export function ranWithin(places: readonly Position[], { start, end }: Span): boolean {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && inOrder(place, start) < 0) low = middle + 1;
    else high = middle;
  }
  const first = places[low];
  return first !== undefined && inOrder(first, end) < 0;
}

function addPlaces({ file, ran }: Script, places: Map<string, Position[]>): void {
  const lines = lineStarts(readFileSync(file, "utf8"));
  const map = new TraceMap(readFileSync(`${file}.map`, "utf8"), file);
  eachMapping(map, ({ generatedLine, generatedColumn, source, originalLine, originalColumn }) => {
    if (source === null) return;
    const offset = (lines[generatedLine - 1] ?? 0) + generatedColumn;
    if (ran[offset] !== 1) return;
    const list = places.get(source);
    const place = { line: originalLine, column: originalColumn };
    if (list === undefined) places.set(source, [place]);
    else list.push(place);
  });
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function inOrder(one: Position, other: Position): number {
  return one.line - other.line || one.column - other.column;
}

/** Undefined as long as not all of it is written. */
function parsed(text: string): readonly ScriptRun[] | undefined {
  try {
    return (JSON.parse(text) as { readonly result: readonly ScriptRun[] }).result;
  } catch {
    return undefined;
  }
}
