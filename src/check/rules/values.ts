/** Rules about what a runbook's functions return. */
import { safeParse, type z } from "zod";
import { RunbookError } from "../../model/error.ts";
import { toJson } from "../../model/json.ts";
import { ownInvocations, type MachineState } from "../../graph/machine-states.ts";
import type { UnlocatedProblem } from "./problem.ts";
import { authorFunctions } from "../subject/author-functions.ts";
import type { Fullness } from "../subject/sample.ts";
import {
  initialContext,
  outputSchemas,
  symbolicContext,
  type OutputSchemas,
} from "../subject/symbolic-context.ts";
import { type RunbookUnderCheck } from "../subject/runbook-under-check.ts";

/** Inputs of steps and child runbooks that their schemas refuse whatever the outputs before are. */
export function wrongInput(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  const outputs = outputSchemas(subject);
  return subject.states.flatMap((state) =>
    ownInvocations(state).flatMap(({ id, what, input }): readonly UnlocatedProblem[] => {
      if (what === undefined) return [];
      const schema = what.type === "step" ? what.step.input : what.runbook.input;
      const found = (["full", "bare"] as const).map((fullness) => {
        return problems(schema, valueFor(input, contextAt(state, subject, { outputs, fullness })));
      });
      // What is wrong with one sample may be the sample's fault.
      const always = (found[0] ?? []).filter((problem) => found.every((other) => other.includes(problem)));
      return always.length === 0 ? [] : [remark(state, id, what.type, always)];
    }),
  );
}

/** The context in which a place is entered; a plain machine's is known only at its beginning. */
function contextAt(
  state: MachineState,
  subject: RunbookUnderCheck,
  { outputs, fullness }: { readonly outputs: OutputSchemas; readonly fullness: Fullness },
): unknown {
  const own = initialContext(subject, fullness);
  if (own !== undefined) return state.id === subject.initial ? own : unknown;
  return symbolicContext(subject, outputs, { has: anything, input: fullness, output: fullness }).context;
}

function anything(): boolean {
  return true;
}

function remark(
  { id: state }: MachineState,
  id: string,
  type: "step" | "child",
  found: readonly string[],
): UnlocatedProblem {
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
export async function impure(subject: RunbookUnderCheck): Promise<readonly UnlocatedProblem[]> {
  const questions = authorFunctions(subject);
  const outputs = outputSchemas(subject);
  const answers = (): readonly string[] =>
    questions.map(({ call }) =>
      answer((fullness) => {
        const { context } = symbolicContext(subject, outputs, {
          has: anything,
          input: fullness,
          output: fullness,
        });
        return call(context, fullness);
      }),
    );
  const first = answers();
  await nextClockTick();
  const second = answers();
  return questions.flatMap(({ state, description, key }, index): readonly UnlocatedProblem[] => {
    if (first[index] === second[index]) return [];
    const why = `Asked twice for ${description}, the runbook answers differently, so a resumed run would not be the same run.`;
    return [{ rule: "impure", state, why, ...(key === undefined ? {} : { key }) }];
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
function nextClockTick(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
}
