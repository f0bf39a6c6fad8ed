/** Rules about what a runbook's functions return. */
import { safeParse, type z } from "zod";
import { RunbookError } from "../../model/error.ts";
import { toJson } from "../../model/json.ts";
import { ownInvocations, type MachineState } from "../../graph/machine-states.ts";
import type { Remark } from "./finding.ts";
import { questionsOf } from "../subject/questions.ts";
import type { Fullness } from "../subject/sample.ts";
import { beginningOf, outputsOf, sceneOf, type Outputs } from "../subject/scene.ts";
import { type Subject } from "../subject/subject.ts";

/** Inputs of steps and child runbooks that their schemas refuse whatever the outputs before are. */
export function wrongInput(subject: Subject): readonly Remark[] {
  const outputs = outputsOf(subject);
  return subject.places.flatMap((place) =>
    ownInvocations(place).flatMap(({ id, what, input }): readonly Remark[] => {
      if (what === undefined) return [];
      const schema = what.type === "step" ? what.step.input : what.runbook.input;
      const found = (["full", "bare"] as const).map((fullness) => {
        return problems(schema, valueFor(input, contextAt(place, subject, { outputs, fullness })));
      });
      // What is wrong with one sample may be the sample's fault.
      const always = (found[0] ?? []).filter((problem) => found.every((other) => other.includes(problem)));
      return always.length === 0 ? [] : [remark(place, id, what.type, always)];
    }),
  );
}

/** The context in which a place is entered; a plain machine's is known only at its beginning. */
function contextAt(
  place: MachineState,
  subject: Subject,
  { outputs, fullness }: { readonly outputs: Outputs; readonly fullness: Fullness },
): unknown {
  const own = beginningOf(subject, fullness);
  if (own !== undefined) return place.id === subject.initial ? own : unknown;
  return sceneOf(subject, outputs, { has: anything, input: fullness, output: fullness }).context;
}

function anything(): boolean {
  return true;
}

function remark(
  { id: state }: MachineState,
  id: string,
  type: "step" | "child",
  found: readonly string[],
): Remark {
  const taker = type === "step" ? "the step" : "the child runbook";
  return {
    rule: "wrong-input",
    state,
    why: `What \`${id}\` gives ${taker} does not fit: ${found.join("; ")}.`,
  };
}

const unknown = Symbol("unknown");

function valueFor(input: unknown, context: unknown): unknown {
  if (typeof input !== "function") return input;
  if (context === unknown) return unknown;
  try {
    return Reflect.apply(input, undefined, [{ context, event: { type: "sample" } }]);
  } catch {
    return unknown;
  }
}

function problems(schema: z.core.$ZodType, value: unknown): readonly string[] {
  if (value === unknown) return [];
  const parsed = safeParse(schema, value ?? {});
  if (!parsed.success) return parsed.error.issues.filter(isAboutShape).map(wordsOf);
  try {
    toJson(parsed.data);
    return [];
  } catch (error) {
    return error instanceof RunbookError ? [error.message.replace(/\.$/, "")] : [];
  }
}

/** A sample has the right shape but no meaning, so that a text has the wrong form says nothing. */
function isAboutShape({ code }: z.core.$ZodIssue): boolean {
  return code === "invalid_type" || code === "unrecognized_keys";
}

function wordsOf({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

/** Functions that give another value when they are asked again a moment later. */
export async function impure(subject: Subject): Promise<readonly Remark[]> {
  const questions = questionsOf(subject);
  const outputs = outputsOf(subject);
  const answers = (): readonly string[] =>
    questions.map(({ ask }) =>
      answer((fullness) => {
        const { context } = sceneOf(subject, outputs, { has: anything, input: fullness, output: fullness });
        return ask(context, fullness);
      }),
    );
  const first = answers();
  await aMoment();
  const second = answers();
  return questions.flatMap(({ place, what, key }, index): readonly Remark[] => {
    if (first[index] === second[index]) return [];
    const why = `Asked twice for ${what}, the runbook answers differently, so a resumed run would not be the same run.`;
    return [{ rule: "impure", state: place, why, ...(key === undefined ? {} : { key }) }];
  });
}

function answer(ask: (fullness: Fullness) => unknown): string {
  return (["full", "bare"] as const)
    .map((fullness) => {
      try {
        return JSON.stringify(ask(fullness));
      } catch {
        return "?";
      }
    })
    .join();
}

/** Long enough for a clock to show another time. */
function aMoment(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
}
