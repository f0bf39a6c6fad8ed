/** Rules about which approval allows which write. */
import {
  coveredByOptions,
  coveredByYes,
  needsNoApproval,
  writesAt,
  type DeclaredWrite,
} from "../../graph/covers.ts";
import { ownInvocations, type Exit, type MachineState } from "../../graph/machine-states.ts";
import { pathWords, type RunbookUnderCheck } from "../subject/runbook-under-check.ts";
import type { UnlocatedProblem } from "./problem.ts";

/** A place on a way of the run, and the writes that are allowed there and have not begun. */
interface Point {
  readonly place: MachineState;
  readonly covered: ReadonlySet<string>;
  readonly way: readonly string[];
}

/** Writes to which a run can come without an approval that covers them: the engine asks there, in the write's own words. */
export function noGate(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  const found = new Map<string, UnlocatedProblem>();
  const seen = new Set<string>();
  const open = pointsAt(subject, [subject.initial], new Set(), []);
  for (let point = open.shift(); point !== undefined; point = open.shift()) {
    const key = [point.place.id, ...[...point.covered].toSorted()].join("\n");
    if (seen.has(key)) continue;
    seen.add(key);
    const { place, way } = point;
    const bare = worst(
      writesAt(place).filter((write) => !needsNoApproval(write) && !point.covered.has(write.state)),
    );
    if (bare !== undefined && !found.has(place.id)) found.set(place.id, remarkOn(bare, place, way));
    open.push(...place.exits.flatMap((exit) => onward(subject, point, exit)));
  }
  return subject.states.flatMap(({ id }) => found.get(id) ?? []);
}

function pointsAt(
  { stateById }: RunbookUnderCheck,
  ids: readonly string[],
  covered: ReadonlySet<string>,
  before: readonly string[],
): Point[] {
  return ids.flatMap((id) => {
    const place = stateById.get(id);
    return place === undefined ? [] : [{ place, covered, way: [...before, id] }];
  });
}

/** Whoever cancels a run has asked for its clean-up, as far as that does no great harm; the engine asks about the rest. */
function onward(subject: RunbookUnderCheck, { place, covered, way }: Point, exit: Exit): readonly Point[] {
  if (exit.way === "cancel" || exit.way === "cleanup") return [];
  const begun = new Set(writesAt(place).map(({ state }) => state));
  const left = [...covered].filter((state) => !begun.has(state));
  const given = allowedBy(subject, place, exit).map(({ state }) => state);
  return pointsAt(subject, exit.to, new Set([...left, ...given]), way);
}

/** Only a yes allows anything, or an option: a rejection, a failure and a skip do not. */
function allowedBy(
  { runbook }: RunbookUnderCheck,
  place: MachineState,
  exit: Exit,
): readonly DeclaredWrite[] {
  const ids = ownInvocations(place).map(({ id }) => id);
  if (exit.way === "approved") return ids.flatMap((id) => coveredByYes(runbook, id));
  if (exit.way !== "option") return [];
  const option: unknown = exit.transition.meta?.["option"];
  return ids
    .flatMap((id) => coveredByOptions(runbook, id))
    .flatMap((one) => (one.option === option ? [one.write] : []));
}

function worst(writes: readonly DeclaredWrite[]): DeclaredWrite | undefined {
  return writes.find(({ invocation: { what } }) => what.step.risk === "high") ?? writes[0];
}

function remarkOn(
  { invocation }: DeclaredWrite,
  { id }: MachineState,
  way: readonly string[],
): UnlocatedProblem {
  const { kind, risk } = invocation.what.step;
  const why = `No approval covers \`${kind}\` (risk ${risk}) on the way ${pathWords(way)}: the engine would ask there, in its own words.`;
  return { rule: "no-gate", state: id, why, severity: risk === "high" ? "error" : "warning" };
}
