import type { RunInspection } from "../../engine/inspect.ts";
import type { RunSummary } from "../../model/summary.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import type { RecordedMoment } from "../record/moment.ts";
import { renderGate } from "./gate.ts";
import { detail, type Style } from "./render-context.ts";
import { utcStamp } from "./times.ts";

/** So much of the screen is shown; all of it is in the JSON. */
const lastLines = 20;

export interface MomentLook extends Style {
  readonly run: string;
  readonly summaries: ReadonlyMap<string, RunSummary>;
}

/** How a run stood after an event: machine, context, open gates, and what was on the screen. */
export function momentLines(moment: RecordedMoment, look: MomentLook): readonly string[] {
  const { event, what, runs, gates, screen } = moment;
  const { paint } = look;
  const number = event.run === look.run ? `#${event.rseq}` : `${event.run}#${event.rseq}`;
  const head = `${look.run} after ${number}, ${utcStamp(event.at)}`;
  const shown = gates.flatMap(({ run, gate }) => {
    const summary = look.summaries.get(run);
    const now = new Date(event.at);
    return summary === undefined ? [] : ["", ...renderGate(gate, summary, look.width, { ...look, now })];
  });
  const left = Math.max(0, screen.length - lastLines);
  return [
    paint.strong(head),
    ...detail(look, event.type, visibleLine(what)),
    ...runs.flatMap((run) => ["", ...runLines(run, look)]),
    ...shown,
    "",
    paint.strong(`On the screen${left === 0 ? "" : `, after ${left} lines`}`),
    ...screen.slice(-lastLines).map((line) => `  ${visible(line)}`),
    ...runs.flatMap((run) => ["", ...contextLines(run, look)]),
  ];
}

function runLines(run: RunInspection, look: MomentLook): readonly string[] {
  const { runbook, value, waitsFor, withdrawn, fault, cancel, end } = run;
  const waits = waitsFor.map(
    ({ type, id, intent }) => `${type} ${id}${intent === null ? " (not begun)" : ""}`,
  );
  const facts: readonly (readonly [label: string, text: string])[] = [
    ["runbook", `${runbook.id}, source ${runbook.source.slice(0, 12)}`],
    ["state", inWords(value)],
    ["waits for", waits.length === 0 ? "nothing" : waits.join(", ")],
    ...(withdrawn.length === 0 ? [] : ([["ending", withdrawn.join(", ")]] as const)),
    ...(fault === null ? [] : ([["fault", `${fault.code}: ${fault.message}`]] as const)),
    ...(cancel === null ? [] : ([["cancel", cancel]] as const)),
    ...(end === null ? [] : ([["ended", end]] as const)),
  ];
  return [
    look.paint.strong(run.run),
    ...facts.flatMap(([label, text]) => detail(look, label, visibleLine(text))),
  ];
}

/** The longest part, so it comes last. */
function contextLines({ run, context }: RunInspection, { paint }: MomentLook): readonly string[] {
  const told = JSON.stringify(context, undefined, 2).split("\n");
  return [paint.strong(`Context of ${run}`), ...told.map((line) => `  ${visibleLine(line)}`)];
}

/** `rollout.attempt` rather than `{"rollout":"attempt"}`. */
function inWords(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inside]) => `${name}.${inWords(inside)}`)
    .join(", ");
}
