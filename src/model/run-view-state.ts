/** What a view is made of, for whoever folds it: lists that grow, and where in them things are. */
import type { EventOf } from "./event.ts";
import type { FoldedRun } from "./run-view-shape.ts";
import type { RunSummary, StepSummary } from "./summary-shape.ts";

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer I)[]
    ? I[]
    : T[K] extends ReadonlyMap<infer A, infer B>
      ? Map<A, B>
      : T[K];
};

/** A view as its fold sees it. */
export interface ChangingView extends Mutable<Omit<FoldedRun, "summary">> {
  readonly summary: Mutable<RunSummary>;
  /** The place of each thing in its list, by its name; of things with one name, the newest. */
  readonly at: Readonly<
    Record<"attempts" | "children" | "criteria" | "gates" | "steps" | "waits", Map<string, number>>
  >;
  /** How many steps run, and how many child runs have not ended. */
  running: number;
  inside: number;
}

/** The view of a run of which nothing is known but how it was started. */
export function emptyView(first: EventOf<"run.started">): ChangingView {
  const summary = emptySummary(first);
  return {
    summary,
    attempts: [],
    gates: [],
    kept: [],
    underWay: new Map(),
    waits: [],
    words: [],
    findings: [],
    verdicts: [],
    leases: [],
    resumptions: [],
    migrations: [],
    rollbacks: [],
    signOffs: [],
    at: {
      attempts: new Map(),
      children: new Map(),
      criteria: new Map(summary.criteria.map(({ id }, index) => [id, index])),
      gates: new Map(),
      steps: new Map(summary.steps.map(({ step }, index) => [step, index])),
      waits: new Map(),
    },
    running: 0,
    inside: 0,
  };
}

function emptySummary({ run, at, actor, data }: EventOf<"run.started">): Mutable<RunSummary> {
  return {
    run,
    start: data,
    requester: data.parent?.requester ?? actor.id,
    startedAt: at,
    endedAt: null,
    lastAt: at,
    status: "running",
    reason: null,
    fault: null,
    steps: data.steps.map(({ step, title }) => emptyStep(step, title)),
    gates: [],
    approvals: [],
    timers: [],
    children: [],
    criteria: data.criteria.map((criterion) => ({
      ...criterion,
      verdict: "pending",
      declaredAt: at,
      evaluatedAt: null,
      evidence: null,
    })),
    findings: [],
    followUps: [],
    events: 0,
  };
}

function emptyStep(step: string, title: string): StepSummary {
  return {
    step,
    title,
    kind: null,
    status: "pending",
    attempts: 0,
    describe: null,
    startedAt: null,
    endedAt: null,
    failure: null,
    output: null,
    artifacts: [],
    rseq: null,
  };
}

/** Notes what is new of a step; one that was not declared is known from then on. */
export function changeStep(view: ChangingView, step: string, news: Partial<StepSummary>): void {
  const { steps } = view.summary;
  const place = placeOf(view.at.steps, step, steps.length);
  const known = steps[place] ?? emptyStep(step, step);
  const next = { ...known, ...news };
  view.running += Number(next.status === "running") - Number(known.status === "running");
  steps[place] = next;
}

/** Where something of this name is, or is to be put. */
function placeOf(places: Map<string, number>, name: string, end: number): number {
  const place = places.get(name) ?? end;
  places.set(name, place);
  return place;
}

/** Puts an item at the end of its list, where it is found by its name from then on. */
export function add<T>(items: T[], places: Map<string, number>, name: string, item: T): void {
  places.set(name, items.length);
  items.push(item);
}

/** Puts another item in the place of the one that has this name, if there is one. */
export function replace<T>(
  items: T[],
  places: ReadonlyMap<string, number>,
  name: string,
  next: (item: T) => T,
): void {
  const place = places.get(name);
  const item = place === undefined ? undefined : items[place];
  if (place !== undefined && item !== undefined) items[place] = next(item);
}
