/** The states of a draft as they are written in its file. */
import type { Gate } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import * as exported from "../steps/index.ts";
import { outputOrigins, sourceText, type ValueOrigin } from "./value-origins.ts";
import type { RecordedState } from "./recorded-path.ts";

/** One state for each passage; values that were the run's inputs, or came out of earlier steps, stay so. */
export function statesText(states: readonly RecordedState[], inputs: readonly ValueOrigin[]): string {
  return states
    .map((state, index) =>
      stateText(state, { before: states.slice(0, index), inputs, next: states[index + 1] }),
    )
    .join("\n");
}

interface DraftContext {
  readonly before: readonly RecordedState[];
  readonly inputs: readonly ValueOrigin[];
  readonly next: RecordedState | undefined;
}

function stateText(state: RecordedState, { before, inputs, next }: DraftContext): string {
  const { name, title } = state;
  const known = [...inputs, ...before.toReversed().flatMap(outputsOf)];
  switch (state.type) {
    case "step": {
      const { accepted: accept } = state;
      const options = objectText({ title, ...(accept === undefined ? {} : { accept }) });
      return `  ${name}: step(steps.${nameOf(state.kind)}, ${mapper(sourceText(state.input, known))}, ${options}),`;
    }
    case "gate": {
      const options = objectText({ title, ...coversOf(state) });
      return `  ${name}: gate(${mapper(reviewOf(state.gate, before) ?? sourceText(shownOf(state.gate), known))}, ${options}),`;
    }
    case "choice":
      return `  ${name}: choice(${mapper(sourceText(shownOf(state.gate), known))}, ${optionsText(state, next)}, ${objectText({ title })}),`;
    case "wait":
      return `  ${name}: wait(() => ${JSON.stringify(state.duration)}, ${objectText({ title })}),`;
  }
}

/** The writes that the answer allowed in the run; what it would have allowed besides is not in its record. */
function coversOf({ covers }: RecordedState): { readonly covers?: readonly string[] } {
  return covers === undefined ? {} : { covers };
}

function objectText(values: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `{ ${parts.join(", ")} }`;
}

/** A function that takes only what it uses. */
function mapper(text: string): string {
  const uses = ["input", "get"].filter((word) => new RegExp(`\\b${word}[.(]`).test(text));
  const scope = uses.length === 0 ? "" : `{ ${uses.join(", ")} }`;
  return `(${scope}) => (${text})`;
}

function nameOf(kind: string): string {
  const [found] =
    Object.entries(exported).find(([, step]) => typeof step === "object" && step.kind === kind) ?? [];
  return found ?? `unknown /* ${kind} */`;
}

function outputsOf(state: RecordedState): readonly ValueOrigin[] {
  if (state.type !== "step") return [];
  return outputOrigins(state.output, `get(steps.${nameOf(state.kind)}, ${JSON.stringify(state.name)})`);
}

const reviews = [
  { kind: "terraform.plan", words: "planForReview", review: exported.planForReview },
  { kind: "terraform.inspect-lock", words: "lockForReview", review: exported.lockForReview },
] as const;

/** An approval of a plan or of a lock's removal is bound to it again, not to what the past one said. */
function reviewOf({ title }: Gate, before: readonly RecordedState[]): string | null {
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
  state: Extract<RecordedState, { readonly type: "choice" }>,
  next: RecordedState | undefined,
): string {
  const { gate, chosen } = state;
  const options = gate.options.map(({ id, label, danger }) => {
    const to = id === chosen ? (next?.name ?? "succeeded") : "failed";
    const covers = id === chosen ? coversOf(state) : {};
    return `${JSON.stringify(id)}: ${objectText({ label, to, danger, ...covers })}`;
  });
  return `{ ${options.join(", ")} }`;
}
