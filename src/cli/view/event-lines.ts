import type { Gate, RunEvent } from "../../model/event.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import { renderBanner } from "./banner.ts";
import { renderEnd } from "./end.ts";
import { factLines, type FactEvent } from "./fact-lines.ts";
import { labelOf } from "./names.ts";
import { personLines, type PersonEvent } from "./person-lines.ts";
import { asked, renderGate, rowsForGate } from "./gate.ts";
import { statement, type RenderContext } from "./render-context.ts";
import { between } from "./times.ts";
import { stepLines, type StepLineEvent } from "./step-lines.ts";

/** The history lines of one event; none for what only matters to the record. */
export function linesOf(event: RunEvent, context: RenderContext): readonly string[] {
  switch (event.type) {
    case "run.started":
      return renderBanner(context);
    case "gate.opened":
      return gateLines(event.data, context);
    case "run.succeeded":
    case "run.failed":
    case "run.cancelled":
      return [...factLines(event, context), ...endLines(context)];
    case "lease.acquired":
    case "plan.used":
    case "approval.used":
    case "rollback.accepted":
    case "record.exported":
    case "record.signedOff":
    case "record.pruned":
      return [];
    default:
      return otherLines(event, context);
  }
}

/** The whole block while it can still be answered; what was answered long ago is only a line of the story. */
function gateLines(gate: Gate, context: RenderContext): readonly string[] {
  const { summary, width } = context;
  if (summary.gates.some((open) => open.gate === gate.gate)) {
    return ["", ...renderGate(gate, summary, width, { ...context, rows: rowsForGate(gate) })];
  }
  const head = {
    mark: "wait",
    tone: "warn",
    label: labelOf(summary, gate.step),
    word: asked[gate.kind],
  } as const;
  return statement(context, { ...head, text: visibleLine(gate.title) });
}

/** A child run ends in one line: the story goes on in its parent. */
function endLines(context: RenderContext): readonly string[] {
  const { start, status, reason, startedAt, endedAt } = context.summary;
  if (start.parent === null) return renderEnd(context.summary, context);
  const isGood = status === "succeeded";
  const duration = between(startedAt, endedAt);
  const head = { mark: isGood ? "ok" : "fail", label: visibleLine(start.runbook.id) } as const;
  return statement(context, { ...head, word: status, text: visible(reason ?? ""), duration });
}

function otherLines(
  event: StepLineEvent | PersonEvent | FactEvent,
  context: RenderContext,
): readonly string[] {
  if (isStep(event)) return stepLines(event, context);
  return isPerson(event) ? personLines(event, context) : factLines(event, context);
}

function isStep(event: StepLineEvent | PersonEvent | FactEvent): event is StepLineEvent {
  return /^(step|timer|child)\./.test(event.type);
}

function isPerson(event: PersonEvent | FactEvent): event is PersonEvent {
  return /^(gate|approval|decision|input)\./.test(event.type);
}
