import { decisionOf, type ScriptedAnswer } from "../engine/scripted-answers.ts";
import type { Decision } from "../engine/decide.ts";
import type { Actor, Gate } from "../model/event.ts";

/** The scripted operator of a practice run; its decisions are recorded as made by `practice`. */
export const practiceActor: Actor = { kind: "practice", id: "practice", identified: "engine" };

const reason = "scripted practice operator";

/** How often the same question is answered before it is given up: what fails each time would be retried for ever. */
const patience = 3;

/**
 * Says what the practice declares for the gate; else it approves what it is shown, takes the suggested option, and retries
 * what failed a few times.
 */
export function practiceAnswer(gate: Gate, declared: readonly ScriptedAnswer[] = []): Decision {
  const nth = timesOpened(gate);
  const said = declared[Math.min(nth, declared.length) - 1];
  if (said !== undefined && nth <= Math.max(declared.length, patience)) return decisionOf(gate, said, reason);
  if (nth > patience && gate.options.some(({ id }) => id === "cancel")) {
    return { type: "choose", choice: "cancel", reason: `${reason}: asked ${nth} times` };
  }
  switch (gate.kind) {
    case "approval":
      return { type: "approve", reason };
    case "input":
      return { type: "give", values: defaultsOf(gate) };
    case "inDoubt":
      // A repeated notification harms nobody; anything else is not a script's to guess.
      return { type: "choose", choice: gate.risk === "low" ? "again" : "cancel", reason };
    case "choice": {
      const open = gate.options.filter(({ disabled }) => disabled === null);
      const choice = open.find(({ suggested }) => suggested) ?? open.find(({ danger }) => !danger) ?? open[0];
      return { type: "choose", choice: choice?.id ?? "", reason };
    }
  }
}

/** The engine numbers the openings of a gate in its name, from the second on. */
function timesOpened({ gate }: Gate): number {
  return Number(/#(\d+)$/.exec(gate)?.[1] ?? "1");
}

function defaultsOf(gate: Gate): Record<string, string | number | boolean> {
  const fields = (gate.shown["fields"] ?? []) as readonly {
    readonly name: string;
    readonly default?: string | number | boolean;
  }[];
  return Object.fromEntries(fields.map((field) => [field.name, field.default ?? "practice"]));
}
