import { clip, columnsOf } from "../../model/display-width.ts";
import { isDuration, toMilliseconds, formatMilliseconds } from "../../model/duration.ts";
import { roleOfTimer } from "../../model/state-ids.ts";
import type { RunSummary, StepSummary } from "../../model/summary.ts";
import { visibleLine } from "../../redact/visible.ts";
import { labelOf } from "./names.ts";
import type { Palette } from "./palette.ts";
import type { Symbols } from "./symbols.ts";
import { untilThen, utcTime } from "./times.ts";

/** What the footer shows. */
export interface Now {
  readonly root: string;
  readonly summaries: ReadonlyMap<string, RunSummary>;
  /** The newest progress line of a step, by `run/step`. */
  readonly newest: ReadonlyMap<string, string>;
  /** How long a step may take, by `run/step`. */
  readonly limits: ReadonlyMap<string, string>;
  readonly now: Date;
  readonly frame: number;
  /** The last row where the run is not driven here; null where it is. */
  readonly footnote: string | null;
}

export interface Running {
  readonly summary: RunSummary;
  readonly step: StepSummary;
}

/** The steps that are really under way; a step that waits for its child run is told by the child's own. */
export function runningSteps(summaries: ReadonlyMap<string, RunSummary>): readonly Running[] {
  return [...summaries.values()].flatMap((summary) =>
    summary.steps
      .filter(({ status, kind }) => status === "running" && kind !== "run")
      .map((step) => ({ summary, step })),
  );
}

/** `4m12s of 15m`. */
export function clockOf({ summary, step }: Running, { now, limits }: Pick<Now, "now" | "limits">): string {
  const since = Math.max(0, now.getTime() - new Date(step.startedAt ?? summary.lastAt).getTime());
  // Whole seconds: a clock that shows tenths is only restless.
  const passed = since < 10_000 ? `${Math.floor(since / 1_000)}s` : formatMilliseconds(since);
  const limit = limits.get(`${summary.run}/${step.step}`);
  if (limit === undefined || !isDuration(limit)) return passed;
  const isLate = since > toMilliseconds(limit);
  return `${passed} of ${limit}${isLate ? " (over)" : ""}`;
}

/** At most three rows: what runs and its clock, its newest line, and how the person gets away. */
export function footerRows(
  now: Now,
  { width, symbols, paint }: { readonly width: number; readonly symbols: Symbols; readonly paint: Palette },
): readonly string[] {
  const root = now.summaries.get(now.root);
  if (root === undefined || (root.endedAt !== null && now.footnote === null)) return [];
  const running = runningSteps(now.summaries);
  const [first, ...others] = running;
  const spin = symbols.spinner[now.frame % symbols.spinner.length] ?? "";
  const cut = (text: string): string => clip(text, width, symbols.more);
  const footnote = now.footnote ?? "ctrl-c stops safely, the record is saved";
  const last = paint.faint(cut(`  ${root.run} ${symbols.dot} ${footnote}`));
  if (first === undefined) {
    const waits = waiting(now);
    if (waits === "") return now.footnote === null ? [] : [last];
    return [paint.warn(cut(`${symbols.wait} ${waits}`)), last];
  }
  const clock = clockOf(first, now);
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const head = clip(
    `${spin} ${placeOf(first, now.root)} running${more}`,
    width - columnsOf(clock) - 2,
    symbols.more,
  );
  const gap = " ".repeat(Math.max(2, Math.min(width, 100) - columnsOf(head) - columnsOf(clock)));
  const line = now.newest.get(`${first.summary.run}/${first.step.step}`) ?? first.step.describe ?? "";
  return [
    paint.accent(head) + gap + paint.strong(clock),
    paint.faint(cut(`  ${symbols.bar} ${visibleLine(line)}`)),
    last,
  ];
}

function placeOf({ summary, step }: Running, root: string): string {
  const label = labelOf(summary, step.step);
  return summary.run === root ? label : `${summary.run} ${label}`;
}

function waiting({ summaries, now }: Now): string {
  const open = [...summaries.values()].filter(({ endedAt }) => endedAt === null);
  for (const summary of open) {
    const [gate] = summary.gates;
    if (gate !== undefined) return `${summary.run} ${labelOf(summary, gate.step)} waits for a decision`;
  }
  for (const summary of open) {
    const [timer] = summary.timers.toSorted((a, b) => a.due.localeCompare(b.due));
    if (timer === undefined) continue;
    const { state } = roleOfTimer(timer);
    return `${summary.run} ${labelOf(summary, state)} waits until ${utcTime(timer.due, now)} (${untilThen(timer.due, now)})`;
  }
  return "";
}
