/** Which writes an answer at a gate allows, as the states of its runbook say. */
import type { Cover } from "../model/event.ts";
import type { AnyStep } from "../model/step.ts";
import type { Invocation } from "../runbook/actors.ts";
import type { Runbook } from "../runbook/types.ts";
import type { TransitionKind } from "../runbook/transition-labels.ts";
import {
  below,
  ownInvocations,
  machineStates,
  type Exit,
  type MachineNode,
  type MachineState,
} from "./machine-states.ts";

interface Chart {
  readonly at: ReadonlyMap<string, MachineState>;
  /** The place of what is invoked there. */
  readonly of: ReadonlyMap<string, MachineState>;
}

const charts = new WeakMap<Runbook["machine"], Chart>();

function chartOf(runbook: Runbook): Chart {
  const known = charts.get(runbook.machine);
  if (known !== undefined) return known;
  const { places } = machineStates(runbook);
  const chart = {
    at: new Map(places.map((place) => [place.id, place])),
    of: new Map(places.flatMap((place) => place.invocations.map(({ id }) => [id, place] as const))),
  };
  charts.set(runbook.machine, chart);
  return chart;
}

/** A write of a runbook's state, as the runbook declares it. */
export interface DeclaredWrite {
  /** As events name it. */
  readonly state: string;
  readonly invocation: Invocation & { readonly what: { readonly type: "step"; readonly step: AnyStep } };
  readonly retries: number;
  /** Why it may begin without an approval; null where nothing is said. */
  readonly accept: string | null;
}

/** The writes at a place: several only where regions begin. */
export function writesAt(place: MachineState | undefined): readonly DeclaredWrite[] {
  if (place === undefined) return [];
  const nodes = [place.node, ...below(place.node)];
  return ownInvocations(place).flatMap((invocation): readonly DeclaredWrite[] => {
    const { id, what } = invocation;
    if (what?.type !== "step" || what.step.effect !== "write") return [];
    const declared = nodes.map(declaredOn).find(({ state }) => state === id);
    const { retries = 0, accept = null } = declared ?? declaredOn(place.node);
    return [{ state: id, invocation: { ...invocation, what }, retries, accept }];
  });
}

interface WriteMeta {
  readonly state?: string;
  readonly retries?: number;
  readonly accept?: string;
}

/** What the compiler, or the author of a machine, has written on a node about its write. */
function declaredOn({ meta }: MachineNode): WriteMeta {
  return (meta as { readonly write?: WriteMeta } | undefined)?.write ?? {};
}

/** The write that a runbook declares under this name. */
export function writeNamed(runbook: Runbook, state: string): DeclaredWrite | undefined {
  return writesAt(chartOf(runbook).of.get(state)).find((write) => write.state === state);
}

/** Whether nobody has to approve it. */
export function needsNoApproval({ invocation: { what }, accept }: DeclaredWrite): boolean {
  const { risk } = what.step;
  return risk === "none" || risk === "low" || (risk === "medium" && accept !== null);
}

/** The writes that the gate at this place names; none where it leaves that to its place. */
export function declaredCovers({ node: { meta } }: MachineState): readonly string[] | undefined {
  return (meta as { readonly covers?: readonly string[] } | undefined)?.covers;
}

/** What a yes at a gate allows: the named writes, or else the next ones on the way that need an approval. */
export function coveredByYes(
  runbook: Runbook,
  invocation: string,
  names?: readonly string[],
): readonly DeclaredWrite[] {
  const place = chartOf(runbook).of.get(invocation);
  const declared = names ?? (place === undefined ? undefined : declaredCovers(place));
  if (declared !== undefined) return named(runbook, declared);
  return nextWrites(runbook, place?.exits.filter(({ way }) => way === "approved") ?? []);
}

/** The writes to which a yes leads straight: they begin as soon as it is used. */
export function straightAfterYes(runbook: Runbook, invocation: string): readonly DeclaredWrite[] {
  const { at, of } = chartOf(runbook);
  const exits = of.get(invocation)?.exits.filter(({ way }) => way === "approved") ?? [];
  return exits.flatMap(({ to }) => to.flatMap((id) => writesAt(at.get(id))));
}

export interface CoveredByOption {
  readonly option: string;
  readonly write: DeclaredWrite;
  /** Whether the option leads there at once. */
  readonly isStraight: boolean;
}

/** What each option of a choice allows: the writes that it names, or else those to which it leads straight. */
export function coveredByOptions(runbook: Runbook, invocation: string): readonly CoveredByOption[] {
  const { at, of } = chartOf(runbook);
  const exits = of.get(invocation)?.exits ?? [];
  return exits.flatMap(({ transition, to }): readonly CoveredByOption[] => {
    const { option, covers } = (transition.meta ?? {}) as {
      readonly option?: string;
      readonly covers?: readonly string[];
    };
    if (option === undefined) return [];
    const straight = to.flatMap((id) => writesAt(at.get(id)));
    const writes = covers === undefined ? straight : named(runbook, covers);
    return writes.map((write) => {
      const isStraight = straight.some(({ state }) => state === write.state);
      return { option, write, isStraight };
    });
  });
}

/** The write that "try again" at the decision of a failed state begins: none where it leads elsewhere. */
export function coveredByRetry(runbook: Runbook, state: string): DeclaredWrite | undefined {
  const isElsewhere =
    chartOf(runbook)
      .of.get(state)
      ?.exits.some(({ way }) => way === "again") ?? false;
  return isElsewhere ? undefined : writeNamed(runbook, state);
}

export function coverOf({ state, retries }: DeclaredWrite): Cover {
  return { state, times: 1 + retries };
}

function named(runbook: Runbook, names: readonly string[]): readonly DeclaredWrite[] {
  return names.flatMap((name) => writeNamed(runbook, name) ?? []);
}

/** On the way of a run to which nobody says no. */
const onward: readonly TransitionKind[] = ["next", "route", "timer", "option", "event"];

/** The writes that a run comes to next, and no other write that needs an approval, gate or child run before them. */
function nextWrites(runbook: Runbook, exits: readonly Exit[]): readonly DeclaredWrite[] {
  const { at } = chartOf(runbook);
  const seen = new Set(exits.flatMap(({ to }) => to));
  const found: DeclaredWrite[] = [];
  // A set hands out what is added to it while it is walked through.
  for (const id of seen) {
    const place = at.get(id);
    if (place === undefined) continue;
    const writes = writesAt(place);
    found.push(...writes);
    if (endsWalk(place) || writes.some((write) => !needsNoApproval(write))) continue;
    const next = place.exits.filter(({ way }) => onward.includes(way)).flatMap(({ to }) => to);
    next.forEach((to) => seen.add(to));
  }
  return found;
}

/** A gate asks for what is behind it, and a child run for its own writes. */
function endsWalk(place: MachineState): boolean {
  return ownInvocations(place).some(
    ({ what }) => what?.type === "child" || (what?.type === "step" && what.step.kind === "human.confirm"),
  );
}
