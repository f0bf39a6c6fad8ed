/** Rules about what a machine does beside invoking steps. Machines of `define` have nothing of the kind. */
import { below, transitionsOf, type MachineNode } from "../../graph/machine-states.ts";
import type { UnlocatedProblem } from "./problem.ts";
import type { RunbookUnderCheck } from "../subject/runbook-under-check.ts";

/** What is decided inside a transition and leaves nothing to perform. */
const harmless = new Set(["xstate.assign", "xstate.raise", "xstate.cancel"]);

export function foreignAction({ runbook }: RunbookUnderCheck): readonly UnlocatedProblem[] {
  const { root, implementations } = runbook.machine;
  return [root, ...below(root)].flatMap((node) =>
    actionsOf(node)
      .map((action) => nameOf(action, implementations.actions))
      .filter((name) => !harmless.has(name))
      .map((name): UnlocatedProblem => ({
        rule: "foreign-action",
        state: node.path.length === 0 ? null : node.path.join("."),
        why: `The action \`${name}\` would be refused when the run gets there: a machine only says what is wanted.`,
      })),
  );
}

function actionsOf(node: MachineNode): readonly unknown[] {
  return [...node.entry, ...node.exit, ...transitionsOf(node).flatMap(({ actions }) => actions)];
}

function nameOf(action: unknown, named: Readonly<Record<string, unknown>>): string {
  if (typeof action === "string") return action in named ? nameOf(named[action], {}) : action;
  if (typeof action === "function") return "type" in action ? String(action.type) : `${action.name}()`;
  if (typeof action !== "object" || action === null || !("type" in action)) return "?";
  const type = String(action.type);
  if (!(type in named)) return type;
  const name = nameOf(named[type], {});
  return harmless.has(name) ? name : type;
}
