import { RunbookError } from "../../model/error.ts";
import { arrivals, pathOf, type Arrival, type OutputKey } from "../subject/known-outputs.ts";
import type { UnlocatedProblem } from "./problem.ts";
import { authorFunctions, type AuthorFunction } from "../subject/author-functions.ts";
import type { Fullness } from "../subject/sample.ts";
import { outputSchemas, symbolicContext, type OutputSchemas } from "../subject/symbolic-context.ts";
import { pathWords, type RunbookUnderCheck } from "../subject/runbook-under-check.ts";

const fullnesses: readonly (readonly [input: Fullness, output: Fullness])[] = [
  ["full", "full"],
  ["bare", "bare"],
  ["full", "bare"],
  ["bare", "full"],
];

/** A function that asks about more outputs than this is judged by the first of them. */
const most = 8;

/** Outputs that a function reads on a path where they do not exist yet. */
export function outputMissing(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  const outputs = outputSchemas(subject);
  const walks = new Map<string, ReadonlyMap<string, readonly Arrival[]>>();
  const walk = (relevant: ReadonlySet<OutputKey>): ReadonlyMap<string, readonly Arrival[]> => {
    const key = [...relevant].toSorted().join(" ");
    const known = walks.get(key) ?? arrivals(subject, relevant);
    walks.set(key, known);
    return known;
  };
  return authorFunctions(subject).flatMap((called) => {
    const missing = firstMissing(called, { subject, outputs, walk });
    return missing === undefined ? [] : [remark(called, missing)];
  });
}

interface OutputSearch {
  readonly subject: RunbookUnderCheck;
  readonly outputs: OutputSchemas;
  readonly walk: (relevant: ReadonlySet<OutputKey>) => ReadonlyMap<string, readonly Arrival[]>;
}

interface MissingOutput {
  readonly fact: OutputKey;
  readonly path: readonly string[];
}

/** Asks the question on every path that differs in what it has asked about so far, until it asks about nothing new. */
function firstMissing(called: AuthorFunction, search: OutputSearch): MissingOutput | undefined {
  const relevant = new Set<OutputKey>();
  for (;;) {
    const before = relevant.size;
    for (const arrival of search.walk(new Set(relevant)).get(called.state) ?? []) {
      const known = new Set([...arrival.known, ...called.known]);
      const fact = missingOutput(called, search, { known, relevant });
      if (fact !== undefined) return { fact, path: pathOf(arrival) };
    }
    if (relevant.size === before) return undefined;
  }
}

/** The fact that the question needs and does not get; notes in `relevant` what it asks about. */
function missingOutput(
  called: AuthorFunction,
  { subject, outputs }: OutputSearch,
  { known, relevant }: { readonly known: ReadonlySet<OutputKey>; readonly relevant: Set<OutputKey> },
): OutputKey | undefined {
  const settled = new Set(relevant);
  for (const [input, output] of fullnesses) {
    const has = (fact: OutputKey): boolean => known.has(fact) || !settled.has(fact);
    const { context, reads } = symbolicContext(subject, outputs, { has, input, output });
    try {
      called.call(context, output);
    } catch (error) {
      const last = reads.at(-1);
      if (last !== undefined && !has(last) && isMissing(error, last)) return last;
    }
    for (const fact of reads) if (relevant.size < most) relevant.add(fact);
  }
  return undefined;
}

/** Whether it is this output that was missed, and not something else that the function did not find in a sample. */
function isMissing(error: unknown, fact: OutputKey): boolean {
  const name = fact.slice(fact.indexOf(":") + 1);
  return (
    error instanceof RunbookError && error.code === "OUTPUT_MISSING" && error.message.includes(`\`${name}\``)
  );
}

function remark(
  { state, description, key }: AuthorFunction,
  { fact, path }: MissingOutput,
): UnlocatedProblem {
  const name = fact.slice(fact.indexOf(":") + 1);
  const why = `The output of \`${name}\` is read for ${description}, but it has not run on the path ${pathWords(path)}.`;
  return { rule: "output-missing", state, why, ...(key === undefined ? {} : { key }) };
}
