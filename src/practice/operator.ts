import type { Decision } from "../engine/decide.ts";
import type { Actor, Gate } from "../model/event.ts";

/** The scripted operator of a practice run; its decisions are recorded as made by `practice`. */
export const practiceActor: Actor = { kind: "practice", id: "practice", identified: "engine" };

const reason = "scripted practice operator";

/** Approves what it is shown, takes the suggested option, and retries what failed. */
export function practiceAnswer(gate: Gate): Decision {
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

function defaultsOf(gate: Gate): Record<string, string | number | boolean> {
  const fields = (gate.shown["fields"] ?? []) as readonly {
    readonly name: string;
    readonly default?: string | number | boolean;
  }[];
  return Object.fromEntries(fields.map((field) => [field.name, field.default ?? "practice"]));
}
