import { RunbookError } from "../../model/error.ts";
import { arrivals, pathOf, type Arrival, type Fact } from "../subject/facts.ts";
import type { Remark } from "./finding.ts";
import { questionsOf, type Question } from "../subject/questions.ts";
import type { Fullness } from "../subject/sample.ts";
import { outputsOf, sceneOf, type Outputs } from "../subject/scene.ts";
import { pathWords, type Subject } from "../subject/subject.ts";

const fullnesses: readonly (readonly [input: Fullness, output: Fullness])[] = [
  ["full", "full"],
  ["bare", "bare"],
  ["full", "bare"],
  ["bare", "full"],
];

/** A function that asks about more outputs than this is judged by the first of them. */
const most = 8;

/** Outputs that a function reads on a path where they do not exist yet. */
export function outputMissing(subject: Subject): readonly Remark[] {
  const outputs = outputsOf(subject);
  const walks = new Map<string, ReadonlyMap<string, readonly Arrival[]>>();
  const walk = (relevant: ReadonlySet<Fact>): ReadonlyMap<string, readonly Arrival[]> => {
    const key = [...relevant].toSorted().join(" ");
    const known = walks.get(key) ?? arrivals(subject, relevant);
    walks.set(key, known);
    return known;
  };
  return questionsOf(subject).flatMap((question) => {
    const missing = firstMissing(question, { subject, outputs, walk });
    return missing === undefined ? [] : [remark(question, missing)];
  });
}

interface Look {
  readonly subject: Subject;
  readonly outputs: Outputs;
  readonly walk: (relevant: ReadonlySet<Fact>) => ReadonlyMap<string, readonly Arrival[]>;
}

interface Missing {
  readonly fact: Fact;
  readonly path: readonly string[];
}

/** Asks the question on every path that differs in what it has asked about so far, until it asks about nothing new. */
function firstMissing(question: Question, look: Look): Missing | undefined {
  const relevant = new Set<Fact>();
  for (;;) {
    const before = relevant.size;
    for (const arrival of look.walk(new Set(relevant)).get(question.place) ?? []) {
      const known = new Set([...arrival.known, ...question.known]);
      const fact = unanswered(question, look, { known, relevant });
      if (fact !== undefined) return { fact, path: pathOf(arrival) };
    }
    if (relevant.size === before) return undefined;
  }
}

/** The fact that the question needs and does not get; notes in `relevant` what it asks about. */
function unanswered(
  question: Question,
  { subject, outputs }: Look,
  { known, relevant }: { readonly known: ReadonlySet<Fact>; readonly relevant: Set<Fact> },
): Fact | undefined {
  const settled = new Set(relevant);
  for (const [input, output] of fullnesses) {
    const has = (fact: Fact): boolean => known.has(fact) || !settled.has(fact);
    const { context, asked } = sceneOf(subject, outputs, { has, input, output });
    try {
      question.ask(context, output);
    } catch (error) {
      const last = asked.at(-1);
      if (last !== undefined && !has(last) && isMissing(error, last)) return last;
    }
    for (const fact of asked) if (relevant.size < most) relevant.add(fact);
  }
  return undefined;
}

/** Whether it is this output that was missed, and not something else that the function did not find in a sample. */
function isMissing(error: unknown, fact: Fact): boolean {
  const name = fact.slice(fact.indexOf(":") + 1);
  return (
    error instanceof RunbookError && error.code === "OUTPUT_MISSING" && error.message.includes(`\`${name}\``)
  );
}

function remark({ place, what, key }: Question, { fact, path }: Missing): Remark {
  const name = fact.slice(fact.indexOf(":") + 1);
  const why = `The output of \`${name}\` is read for ${what}, but it has not run on the path ${pathWords(path)}.`;
  return { rule: "output-missing", state: place, why, ...(key === undefined ? {} : { key }) };
}
