/** The states of a draft as they are written in its file. */
import type { Gate } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import * as exported from "../steps/index.ts";
import { knownOutputs, written, type Known } from "./known.ts";
import type { Passage } from "./passage.ts";

/** One state for each passage; values that were the run's inputs, or came out of earlier steps, stay so. */
export function statesText(passages: readonly Passage[], inputs: readonly Known[]): string {
  return passages
    .map((passage, index) =>
      stateText(passage, { before: passages.slice(0, index), inputs, next: passages[index + 1] }),
    )
    .join("\n");
}

interface Around {
  readonly before: readonly Passage[];
  readonly inputs: readonly Known[];
  readonly next: Passage | undefined;
}

function stateText(passage: Passage, { before, inputs, next }: Around): string {
  const { name, title } = passage;
  const known = [...inputs, ...before.toReversed().flatMap(outputsOf)];
  const titled = `{ title: ${JSON.stringify(title)} }`;
  switch (passage.type) {
    case "step":
      return `  ${name}: step(steps.${nameOf(passage.kind)}, ${mapper(written(passage.input, known))}, ${titled}),`;
    case "gate":
      return `  ${name}: gate(${mapper(reviewOf(passage.gate, before) ?? written(shownOf(passage.gate), known))}, ${titled}),`;
    case "choice":
      return `  ${name}: choice(${mapper(written(shownOf(passage.gate), known))}, ${optionsText(passage, next)}, ${titled}),`;
    case "wait":
      return `  ${name}: wait(() => ${JSON.stringify(passage.duration)}, ${titled}),`;
  }
}

/** A function that takes only what it uses. */
function mapper(made: string): string {
  const uses = ["input", "get"].filter((word) => new RegExp(`\\b${word}[.(]`).test(made));
  const scope = uses.length === 0 ? "" : `{ ${uses.join(", ")} }`;
  return `(${scope}) => (${made})`;
}

function nameOf(kind: string): string {
  const [found] =
    Object.entries(exported).find(([, step]) => typeof step === "object" && step.kind === kind) ?? [];
  return found ?? `unknown /* ${kind} */`;
}

function outputsOf(passage: Passage): readonly Known[] {
  if (passage.type !== "step") return [];
  return knownOutputs(passage.output, `get(steps.${nameOf(passage.kind)}, ${JSON.stringify(passage.name)})`);
}

const reviews = [
  { kind: "terraform.plan", words: "planForReview", review: exported.planForReview },
  { kind: "terraform.inspect-lock", words: "lockForReview", review: exported.lockForReview },
] as const;

/** An approval of a plan or of a lock's removal is bound to it again, not to what the past one said. */
function reviewOf({ title }: Gate, before: readonly Passage[]): string | null {
  for (const { kind, words, review } of reviews) {
    const last = before.findLast((one) => one.type === "step" && one.kind === kind);
    if (last?.type !== "step" || before.indexOf(last) < before.length - 1) continue;
    // The output was parsed by this kind's schema when it was stored.
    const shown = review(last.output as never);
    if (shown.title === title)
      return `steps.${words}(get(steps.${nameOf(kind)}, ${JSON.stringify(last.name)}))`;
  }
  return null;
}

const shownFields: readonly string[] = ["title", "summary", "lines", "risk", "verb"];

function shownOf({ kind, shown }: Gate): JsonObject {
  const fields = Object.entries(shown).filter(([name]) => shownFields.includes(name));
  return Object.fromEntries(
    fields.filter(([name]) => kind === "approval" || (name !== "risk" && name !== "verb")),
  );
}

function optionsText(
  { gate, chosen }: Extract<Passage, { readonly type: "choice" }>,
  next: Passage | undefined,
): string {
  const options = gate.options.map(({ id, label, danger }) => {
    const to = id === chosen ? (next?.name ?? "succeeded") : "failed";
    return `${JSON.stringify(id)}: { label: ${JSON.stringify(label)}, to: ${JSON.stringify(to)}, danger: ${danger} }`;
  });
  return `{ ${options.join(", ")} }`;
}
