import type { EventData, Verdict, EventOf } from "../../model/event.ts";
import { utcClock, utcDay } from "../../model/time-text.ts";
import { clockJump } from "../../model/event-text.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import { renderFailure } from "./failure.ts";
import { labelOf, nameOf } from "./names.ts";
import { detail, statement, type RenderContext, type StatementParts } from "./render-context.ts";

export type FactEvent = EventOf<
  | "run.resumed"
  | "run.interrupted"
  | "run.migrated"
  | "run.faulted"
  | "run.succeeded"
  | "run.failed"
  | "run.cancelled"
  | "cancel.requested"
  | "finding.recorded"
  | "criterion.evaluated"
  | "followUp.added"
  | "clock.jumped"
>;

/** What became known about the run as a whole. */
export function factLines(event: FactEvent, context: RenderContext): readonly string[] {
  switch (event.type) {
    case "finding.recorded":
      return finding(event.data, context);
    case "criterion.evaluated": {
      const { verdict, title } = event.data;
      return statement(context, {
        ...verdicts[verdict],
        label: "criterion",
        word: verdict,
        text: visibleLine(title),
      });
    }
    case "followUp.added": {
      const { title, owner, due } = event.data;
      const text = visibleLine(`${title} (owner ${owner || "?"}, due ${utcDay(due)})`);
      return statement(context, { mark: "wait", label: "follow-up", word: "open", text });
    }
    case "clock.jumped":
      return statement(context, {
        mark: "doubt",
        label: event.run,
        word: "clock",
        text: clockJump(event.data),
      });
    default:
      return runLines(event, context);
  }
}

const verdicts: Readonly<Record<Verdict, Pick<StatementParts, "mark" | "tone">>> = {
  pass: { mark: "ok" },
  fail: { mark: "fail" },
  unknown: { mark: "doubt" },
  pending: { mark: "wait", tone: "faint" },
};

function finding({ text, status }: EventData["finding.recorded"], context: RenderContext): readonly string[] {
  const tone = status === "confirmed" ? "accent" : "warn";
  return statement(context, {
    mark: "note",
    tone,
    label: "finding",
    word: `(${status})`,
    text: visible(text),
  });
}

type RunNews = Exclude<
  FactEvent,
  { readonly type: "finding.recorded" | "criterion.evaluated" | "followUp.added" | "clock.jumped" }
>;

function runLines(event: RunNews, context: RenderContext): readonly string[] {
  const label = event.run;
  const who = nameOf(event.actor);
  switch (event.type) {
    case "run.resumed":
      return statement(context, {
        mark: "run",
        label,
        word: `resumed by ${who}`,
        text: visible(event.data.note),
      });
    case "run.interrupted":
      return interruptedLines(event, context);
    case "run.migrated": {
      const { from, to } = event.data;
      const text = `from source ${from.source.slice(0, 8)} to ${to.source.slice(0, 8)}`;
      return statement(context, { mark: "note", label, word: "continues with a fixed runbook", text });
    }
    case "run.faulted":
      return faultedLines(event, context);
    case "cancel.requested":
      return statement(context, {
        mark: "wait",
        tone: "warn",
        label,
        word: `cancel requested by ${who}`,
        text: visible(event.data.reason),
      });
    case "run.cancelled":
      return event.data.leftRunning.length === 0
        ? []
        : statement(context, {
            mark: "doubt",
            label,
            word: "left running",
            text: visibleLine(event.data.leftRunning.join(", ")),
          });
    case "run.succeeded":
    case "run.failed":
      return [];
  }
}

function interruptedLines(
  { run, at, data }: Extract<RunNews, { readonly type: "run.interrupted" }>,
  context: RenderContext,
): readonly string[] {
  const said = { mark: "wait", tone: "warn", label: run, word: "interrupted" } as const;
  return [
    ...statement(context, { ...said, text: visible(data.reason) }),
    ...detail(context, "saved", savedAt(at, context)),
    ...detail(context, "next", `runwright resume ${context.summary.start.parent?.run ?? run}`),
  ];
}

function faultedLines(
  { run, data }: Extract<RunNews, { readonly type: "run.faulted" }>,
  context: RenderContext,
): readonly string[] {
  const text = "the runbook itself is broken; nothing is lost";
  const said = { mark: "fail", label: run, word: "faulted", text } as const;
  return [...statement(context, said), ...renderFailure(context, data.failure)];
}

function savedAt(at: string, { summary }: RenderContext): string {
  const open = summary.steps.find(
    ({ status }) => status === "running" || status === "waiting" || status === "in doubt",
  );
  const where = open === undefined ? "" : ` at ${labelOf(summary, open.step)}`;
  return `everything up to ${utcClock(at)} UTC${where}`;
}
