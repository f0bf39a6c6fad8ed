/**
 * Walks every path of a runbook, without a driver: a run's state is a value, so the walk goes on from it as often as there
 * are answers. Where a path comes to a place that another has been at with the same outputs, it ends there: from then on
 * both are the same.
 */
import { replayTree, takeTurn, type RunTree, type TurnWatcher } from "../engine/run-tree.ts";
import { RunbookError, type Failure } from "../model/error.ts";
import type { Draft, RunEnd, RunEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";
import { createCoverage, type Coverage } from "./coverage.ts";
import { faultIn, isOver, idsFor, stateKey } from "./state-key.ts";
import { startOf } from "./memory-host.ts";
import { createMemoryLog } from "./memory-log.ts";
import { pathOf } from "./path.ts";
import { parsedInput, requester, simulatedRun, type Simulation } from "./simulation.ts";
import { successors } from "./successors.ts";

/** One way through the runbook. */
export interface SimulatedPath {
  /** `joins` when it goes on as an earlier path does. */
  readonly end: RunEnd | "faulted" | "joins";
  readonly path: readonly string[];
  /** What was answered on it, such as `apply fails UNEXPECTED` and `apply.decide: retry`. */
  readonly answers: readonly string[];
  readonly events: readonly RunEvent[];
  readonly fault: Failure | null;
}

export interface EveryPath {
  readonly paths: readonly SimulatedPath[];
  readonly coverage: Coverage;
}

/** More places than a test should look at; fewer answers for each step make fewer. */
const mostStates = 5_000;

/** A point of the walk: the state of the run there, and how it came there. */
interface WalkPoint {
  readonly tree: RunTree;
  readonly drafts: readonly Draft[];
  readonly answer: string;
  readonly before: WalkPoint | null;
}

/**
 * Drives every path. Here a fake's answers are not given one after the other: at each attempt every one of them is
 * tried, and at each state once a failure that nobody foresaw. At each gate every option is.
 */
export async function everyPath(
  runbook: Runbook,
  simulation: Pick<Simulation, "input" | "steps" | "answers"> = {},
): Promise<EveryPath> {
  const coverage = createCoverage(runbook);
  const seen = new Set<string>();
  const paths: SimulatedPath[] = [];
  const start = begin(runbook, parsedInput(runbook, simulation.input ?? {}), coverage.note);
  const open = [start];
  for (let point = open.pop(); point !== undefined; point = open.pop()) {
    const place = stateKey(point.tree);
    if (isOver(point.tree) || seen.has(place)) {
      paths.push(simulatedPath(point));
      continue;
    }
    seen.add(place);
    if (seen.size > mostStates)
      throw new RunbookError(
        "SIMULATION_BROKEN",
        `\`${runbook.id}\` has more than ${mostStates} places to look at.`,
      );
    const next: WalkPoint[] = [];
    for (const { answer, drafts, once } of await successors(
      { tree: point.tree, events: () => eventsOf(point) },
      simulation,
    )) {
      if (once !== undefined && seen.has(once)) continue;
      if (once !== undefined) seen.add(once);
      const { tree, turn } = takeTurn(point.tree, drafts, idsFor(point.tree), coverage.note);
      next.push({ tree, drafts: turn.drafts, answer, before: point });
    }
    // The first answer is the usual one: what others join is then the usual path.
    open.push(...next.toReversed());
  }
  return { paths, coverage: coverage.told() };
}

function begin(runbook: Runbook, input: JsonObject, watch: TurnWatcher): WalkPoint {
  const log = createMemoryLog(() => new Date(0));
  const start = startOf(runbook, simulatedRun, input, requester);
  log.append({ drafts: [start], seen: new Map() });
  const tree = replayTree({ runs: [{ runbook, events: log.events(simulatedRun) }] });
  for (const state of tree.values()) watch(start, undefined, state);
  const { tree: settled, turn } = takeTurn(tree, [], idsFor(tree), watch);
  return { tree: settled, drafts: [start, ...turn.drafts], answer: "", before: null };
}

function simulatedPath(last: WalkPoint): SimulatedPath {
  const drafts = draftsTo(last);
  const fault = faultIn(last.tree);
  return {
    end: fault === null ? (last.tree.get(simulatedRun)?.end ?? "joins") : "faulted",
    path: pathOf(drafts),
    answers: pointsUpTo(last)
      .map(({ answer }) => answer)
      .filter((answer) => answer !== ""),
    get events() {
      return eventsOf(last);
    },
    fault,
  };
}

function pointsUpTo(last: WalkPoint): readonly WalkPoint[] {
  const points: WalkPoint[] = [];
  for (let point: WalkPoint | null = last; point !== null; point = point.before) points.push(point);
  return points.toReversed();
}

function eventsOf(point: WalkPoint): readonly RunEvent[] {
  const log = createMemoryLog(() => new Date(0));
  log.append({ drafts: draftsTo(point), seen: new Map() });
  return log.all();
}

function draftsTo(point: WalkPoint): readonly Draft[] {
  return pointsUpTo(point).flatMap(({ drafts }) => drafts);
}
