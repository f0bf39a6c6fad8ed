/** Rules about how states lead to each other. */
import type { Exit, MachineState } from "../../graph/machine-states.ts";
import type { UnlocatedProblem } from "./problem.ts";
import {
  isEnd,
  isHuman,
  isOrdinary,
  pathWords,
  reachedFrom,
  wayTo,
  type RunbookUnderCheck,
} from "../subject/runbook-under-check.ts";
import { isCompiled } from "../../runbook/roles.ts";

export function unreachable(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  const known = reachedFrom(subject, subject.initial, () => true);
  return subject.states
    .filter((state) => !known.has(state.id) && !isEnd(state) && state.node.type !== "final")
    .map(({ id }) => ({ rule: "unreachable", state: id, why: `No state leads to \`${id}\`.` }));
}

/** Groups of states that a run cannot leave for an end; what only leads into one is not its fault. */
export function noWayOut(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  const live = reachedFrom(subject, subject.initial, () => true);
  const onward = new Map(
    subject.states.map(({ id }) => [id, reachedFrom(subject, id, (_, exit) => isOrdinary(exit))]),
  );
  const stuck = subject.states.filter(
    ({ id }) => live.has(id) && !subject.states.some((end) => isEnd(end) && onward.get(id)?.has(end.id)),
  );
  const traps = stuck.filter(({ id }) =>
    [...(onward.get(id)?.keys() ?? [])].every((to) => onward.get(to)?.has(id)),
  );
  const named = new Set<string>();
  return traps.flatMap(({ id }): readonly UnlocatedProblem[] => {
    if (named.has(id)) return [];
    const group = [...(onward.get(id)?.keys() ?? [])];
    for (const member of group) named.add(member);
    const why =
      group.length === 1
        ? `Nothing leads from \`${id}\` to an end.`
        : `Nothing leads from the loop ${pathWords(group)} to an end.`;
    return [{ rule: "no-way-out", state: id, why }];
  });
}

/** Loops that could turn without end and without anybody noticing. */
export function endlessLoop(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  const trapped = new Set(noWayOut(subject).map(({ state }) => state));
  const live = reachedFrom(subject, subject.initial, () => true);
  const named = new Set<string>();
  return subject.states.flatMap((state): readonly UnlocatedProblem[] => {
    if (named.has(state.id) || !live.has(state.id)) return [];
    const loop = loopThrough(subject, state);
    if (loop === undefined) return [];
    for (const id of loop) named.add(id);
    if (loop.some((id) => trapped.has(id))) return [];
    const why = `${pathWords([...loop, state.id])} is a loop with no person, no timer and no counter in it.`;
    return [{ rule: "endless-loop", state: state.id, why }];
  });
}

function loopThrough(subject: RunbookUnderCheck, state: MachineState): readonly string[] | undefined {
  for (const exit of state.exits) {
    if (!turnsFreely(state, exit)) continue;
    for (const to of exit.to) {
      const onward = reachedFrom(subject, to, turnsFreely);
      if (onward.has(state.id)) return [state.id, ...wayTo(onward, state.id).slice(0, -1)];
    }
  }
  return undefined;
}

function turnsFreely(state: MachineState, exit: Exit): boolean {
  const { way, transition } = exit;
  if (!isOrdinary(exit) || isHuman(state) || way === "timer" || way === "retry" || way === "event")
    return false;
  return !counts(state, transition);
}

/** A machine made by hand counts by assigning on a guarded way; what our compiler assigns is no count. */
function counts(state: MachineState, { actions, guard }: Exit["transition"]): boolean {
  const assigns = actions.some((action) => typeof action === "function" && "assignment" in action);
  return !isCompiled(state.node) && guard !== undefined && assigns;
}
