/** Rules about gates: what an approval allows, and whether enough people can give it. */
import { declaredCovers, writeNamed } from "../../graph/covers.ts";
import { ownInvocations, type MachineState } from "../../graph/machine-states.ts";
import { reachedFrom, type RunbookUnderCheck } from "../subject/runbook-under-check.ts";
import type { UnlocatedProblem } from "./problem.ts";

/** Names in `covers` that the approval can never allow: no write, or one that no way leads to from there. */
export function uncoverable(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  return subject.states.flatMap((place) =>
    (declaredCovers(place) ?? []).flatMap((name): readonly UnlocatedProblem[] => {
      const why = whyNever(subject, place, name);
      return why === null ? [] : [{ rule: "covers-unreachable", state: place.id, why }];
    }),
  );
}

function whyNever(subject: RunbookUnderCheck, place: MachineState, name: string): string | null {
  if (writeNamed(subject.runbook, name) === undefined)
    return `\`${place.id}\` covers \`${name}\`, which is no write of this runbook.`;
  const ways = place.exits.filter(({ way }) => way === "approved").flatMap(({ to }) => to);
  const reached = ways.map((to) => reachedFrom(subject, to, () => true));
  const isReached = subject.states.some(
    (state) =>
      ownInvocations(state).some(({ id }) => id === name) && reached.some((places) => places.has(state.id)),
  );
  return isReached ? null : `\`${place.id}\` covers \`${name}\`, to which no way leads after a yes.`;
}

/** Gates at which more different people have to approve than are named. */
export function noQuorum({ states }: RunbookUnderCheck): readonly UnlocatedProblem[] {
  return states.flatMap((place): readonly UnlocatedProblem[] => {
    const { approvers, approvals = 1 } = (place.node.meta ?? {}) as {
      readonly approvers?: string | readonly string[];
      readonly approvals?: number;
    };
    if (!Array.isArray(approvers) || new Set(approvers).size >= approvals) return [];
    const named = new Set(approvers).size;
    const why = `\`${place.id}\` wants ${approvals} people, and names ${named}: nobody can ever approve it.`;
    return [{ rule: "no-quorum", state: place.id, why }];
  });
}
