/** What a test or a practice says that people answer. */
import type { Duration } from "../model/duration.ts";
import { RunbookError } from "../model/error.ts";
import type { Gate } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Decision } from "./decide.ts";

/** What is said at a gate: `approve`, `reject`, the id of an option, or more than that. */
export type ScriptedAnswer = string | ScriptedChoice | ScriptedValues;

/** The same by a person of a simulation. */
export type AttributedAnswer = string | (AnswerBy & ScriptedChoice) | (AnswerBy & ScriptedValues);

interface ScriptedChoice {
  readonly choose: string;
  readonly reason?: string;
  readonly output?: Json;
}

interface ScriptedValues {
  readonly give: JsonObject;
}

interface AnswerBy {
  /** `approver` by default, who did not start the run. */
  readonly by?: string;
  /** How long they take; a minute by default. */
  readonly after?: Duration;
}

/** By the gate's state, or `runbook/state`; several are given one after the other, and the last is repeated. */
export type ScriptedAnswers<A extends ScriptedAnswer = AttributedAnswer> = Readonly<
  Record<string, A | readonly A[]>
>;

/** What is said at a state, most particularly. */
export function answersAt<A extends ScriptedAnswer>(
  answers: ScriptedAnswers<A>,
  place: string,
  state: string,
): readonly A[] {
  return [answers[place] ?? answers[state] ?? []].flat() as readonly A[];
}

/** The decision that it stands for; throws when the gate asks for something else. */
export function decisionOf(gate: Gate, said: ScriptedAnswer, usual: string): Decision {
  if (typeof said === "object" && "give" in said) return { type: "give", values: said.give };
  const { choose, reason = usual, output } = typeof said === "string" ? { choose: said } : said;
  if (gate.kind !== "approval")
    return { type: "choose", choice: choose, reason, ...(output === undefined ? {} : { output }) };
  if (choose === "approve" || choose === "reject") return { type: choose, reason };
  throw new RunbookError(
    "SIMULATION_BROKEN",
    `Gate \`${gate.gate}\` asks for an approval: \`approve\` or \`reject\`, not \`${choose}\`.`,
  );
}
