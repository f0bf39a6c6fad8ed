import { isOf, type RunEnd, type RunEvent } from "../model/event.ts";
import { summarise } from "../model/summary.ts";
import type { Fake, PlayedAnswer } from "./fake.ts";
import type { AttributedAnswer } from "../engine/scripted-answers.ts";
import { pathOf } from "./path.ts";
import type { Simulation } from "./simulation.ts";

/** A run as a simulation that plays it again. Plain JSON: a test can keep it in a file. */
export interface Recording extends Simulation {
  readonly runbook: string;
  /** The states that it went through. */
  readonly path: readonly string[];
  readonly end: RunEnd | "open";
}

/** The recording of a run, from its events and those of its child runs. */
export function recordingOf(runs: readonly (readonly RunEvent[])[]): Recording {
  const [root = []] = runs;
  const { start, endedAt, status } = summarise(root);
  const events = runs.flat().toSorted((one, other) => one.seq - other.seq);
  const runbooks = new Map(runs.map((own) => [own[0]?.run ?? "", summarise(own).start.runbook.id]));
  const placeOf = (run: string, state: string): string => `${runbooks.get(run) ?? ""}/${state}`;
  return {
    runbook: start.runbook.id,
    input: start.input,
    steps: stepsOf(events, placeOf),
    answers: answersOf(events, placeOf),
    isRecorded: true,
    path: pathOf(events),
    end: endedAt === null || status === "running" || status === "waiting" ? "open" : status,
  };
}

type StateName = (run: string, state: string) => string;

/** What each state's attempts came to, one after the other. */
function stepsOf(events: readonly RunEvent[], placeOf: StateName): readonly Fake[] {
  const kinds = new Map<string, string>();
  const plays = new Map<string, PlayedAnswer[]>();
  for (const event of events) {
    if (isOf(event, "step.started")) kinds.set(placeOf(event.run, event.data.step), event.data.kind);
    if (!isOf(event, "step.succeeded", "step.failed")) continue;
    const place = placeOf(event.run, event.data.step);
    const play: PlayedAnswer =
      event.type === "step.succeeded"
        ? { type: "returns", output: event.data.output }
        : { type: "fails", failure: event.data.failure };
    plays.set(place, [...(plays.get(place) ?? []), play]);
  }
  return [...plays].map(([at, played]) => ({ kind: kinds.get(at) ?? "", at, plays: played }));
}

/** What people said at each state, one after the other; an approval that was taken back or lapsed was none. */
function answersOf(
  events: readonly RunEvent[],
  placeOf: StateName,
): Readonly<Record<string, AttributedAnswer[]>> {
  const places = new Map<string, string>();
  const answers: Record<string, AttributedAnswer[]> = {};
  for (const event of events) {
    if (isOf(event, "gate.opened") && event.data.kind !== "inDoubt")
      places.set(`${event.run}/${event.data.gate}`, placeOf(event.run, event.data.step));
    if (!("gate" in event.data)) continue;
    const place = places.get(`${event.run}/${event.data.gate}`);
    if (place === undefined) continue;
    const answer = answerOf(event);
    const lapsed =
      event.type === "approval.revoked" ||
      (event.type === "gate.closed" && event.data.why === "approval expired");
    if (answer !== null) answers[place] = [...(answers[place] ?? []), answer];
    if (lapsed) answers[place]?.pop();
  }
  return answers;
}

function answerOf(event: RunEvent): AttributedAnswer | null {
  const by = event.actor.id;
  switch (event.type) {
    case "approval.granted":
      return { choose: "approve", reason: event.data.reason, by };
    case "approval.denied":
      return { choose: "reject", reason: event.data.reason, by };
    case "decision.made":
      return { choose: event.data.choice, reason: event.data.reason, by };
    case "input.given":
      return { give: event.data.values, by };
    // oxlint-disable-next-line no-useless-switch-case -- the rest answers nothing
    default:
      return null;
  }
}
