import { clip, columnsOf } from "../../model/display-width.ts";
import { isDuration, toMilliseconds, formatMilliseconds } from "../../model/duration.ts";
import { roleOfTimer } from "../../model/state-ids.ts";
import type { RunSummary, StepSummary } from "../../model/summary.ts";
import { visibleLine } from "../../redact/visible.ts";
import { labelOf } from "./names.ts";
import type { Palette } from "./palette.ts";
import type { Symbols } from "./symbols.ts";
import { untilThen, utcTime } from "./times.ts";
import type { Gate } from "../../model/event.ts";
import { statement, type Style } from "./render-context.ts";

/** What the footer shows. */
export interface FooterContext {
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

interface RunningStep {
  readonly summary: RunSummary;
  readonly step: StepSummary;
}

/** The steps that are really under way; a step that waits for its child run is told by the child's own. */
function runningSteps(summaries: ReadonlyMap<string, RunSummary>): readonly RunningStep[] {
  return [...summaries.values()].flatMap((summary) =>
    summary.steps
      .filter(({ status, kind }) => status === "running" && kind !== "run")
      .map((step) => ({ summary, step })),
  );
}

/** `4m12s of 15m`. */
function clockOf(
  { summary, step }: RunningStep,
  { now, limits }: Pick<FooterContext, "now" | "limits">,
): string {
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
  now: FooterContext,
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

function placeOf({ summary, step }: RunningStep, root: string): string {
  const label = labelOf(summary, step.step);
  return summary.run === root ? label : `${summary.run} ${label}`;
}

function waiting({ summaries, now }: FooterContext): string {
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

/** What a person is called to: `R-7F3K 4/9 approvePlan: decision needed`. */
export function callFor(summary: RunSummary, gate: Pick<Gate, "step">): string {
  return `${summary.run} ${labelOf(summary, gate.step)}: decision needed`;
}

/** What the window of a run is called: that somebody is needed comes before what is under way. */
export function titleOf(root: string, summaries: ReadonlyMap<string, RunSummary>): string {
  for (const summary of summaries.values()) {
    const [gate] = summary.gates;
    if (summary.endedAt === null && gate !== undefined) return callFor(summary, gate);
  }
  const [running] = runningSteps(summaries);
  if (running !== undefined) return `${running.summary.run} ${labelOf(running.summary, running.step.step)}`;
  return `${root} ${summaries.get(root)?.status ?? ""}`.trimEnd();
}

const every = 30_000;

/** Where nothing can be drawn anew, a line now and then says that a step still runs. */
export function createHeartbeat(): (
  now: FooterContext & { readonly style: Style },
) => readonly { readonly run: string; readonly lines: readonly string[] }[] {
  const last = new Map<string, number>();
  return (now) => {
    const at = now.now.getTime();
    return runningSteps(now.summaries).flatMap((running) => {
      const { summary, step } = running;
      const key = `${summary.run}/${step.step}/${step.attempts}`;
      const since = last.get(key) ?? new Date(step.startedAt ?? summary.lastAt).getTime();
      if (at - since < every) return [];
      last.set(key, at);
      const word = `running ${clockOf(running, now)}`;
      const text = visibleLine(now.newest.get(`${summary.run}/${step.step}`) ?? "");
      const label = labelOf(summary, step.step);
      return [
        { run: summary.run, lines: statement(now.style, { mark: "wait", tone: "faint", label, word, text }) },
      ];
    });
  };
}
