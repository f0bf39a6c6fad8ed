/** Rules about how states lead to each other. */
import type { Exit, MachineState } from "../../graph/machine-states.ts";
import type { Remark } from "./finding.ts";
import { isEnd, isHuman, isOrdinary, pathWords, reached, wayTo, type Subject } from "../subject/subject.ts";
import { isCompiled } from "../../runbook/roles.ts";

export function unreachable(subject: Subject): readonly Remark[] {
  const known = reached(subject, subject.initial, () => true);
  return subject.places
    .filter((place) => !known.has(place.id) && !isEnd(place) && place.node.type !== "final")
    .map(({ id }) => ({ rule: "unreachable", state: id, why: `No state leads to \`${id}\`.` }));
}

/** Groups of states that a run cannot leave for an end; what only leads into one is not its fault. */
export function noWayOut(subject: Subject): readonly Remark[] {
  const live = reached(subject, subject.initial, () => true);
  const onward = new Map(
    subject.places.map(({ id }) => [id, reached(subject, id, (_, exit) => isOrdinary(exit))]),
  );
  const stuck = subject.places.filter(
    ({ id }) => live.has(id) && !subject.places.some((end) => isEnd(end) && onward.get(id)?.has(end.id)),
  );
  const traps = stuck.filter(({ id }) =>
    [...(onward.get(id)?.keys() ?? [])].every((to) => onward.get(to)?.has(id)),
  );
  const named = new Set<string>();
  return traps.flatMap(({ id }): readonly Remark[] => {
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
export function endlessLoop(subject: Subject): readonly Remark[] {
  const trapped = new Set(noWayOut(subject).map(({ state }) => state));
  const live = reached(subject, subject.initial, () => true);
  const named = new Set<string>();
  return subject.places.flatMap((place): readonly Remark[] => {
    if (named.has(place.id) || !live.has(place.id)) return [];
    const loop = loopThrough(subject, place);
    if (loop === undefined) return [];
    for (const id of loop) named.add(id);
    if (loop.some((id) => trapped.has(id))) return [];
    const why = `${pathWords([...loop, place.id])} is a loop with no person, no timer and no counter in it.`;
    return [{ rule: "endless-loop", state: place.id, why }];
  });
}

function loopThrough(subject: Subject, place: MachineState): readonly string[] | undefined {
  for (const exit of place.exits) {
    if (!turnsFreely(place, exit)) continue;
    for (const to of exit.to) {
      const onward = reached(subject, to, turnsFreely);
      if (onward.has(place.id)) return [place.id, ...wayTo(onward, place.id).slice(0, -1)];
    }
  }
  return undefined;
}

function turnsFreely(place: MachineState, exit: Exit): boolean {
  const { way, transition } = exit;
  if (!isOrdinary(exit) || isHuman(place) || way === "timer" || way === "retry" || way === "event")
    return false;
  return !counts(place, transition);
}

/** A machine made by hand counts by assigning on a guarded way; what our compiler assigns is no count. */
function counts(place: MachineState, { actions, guard }: Exit["transition"]): boolean {
  const assigns = actions.some((action) => typeof action === "function" && "assignment" in action);
  return !isCompiled(place.node) && guard !== undefined && assigns;
}
