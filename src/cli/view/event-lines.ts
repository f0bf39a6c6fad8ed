import type { Gate, RunEvent } from "../../model/event.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import { renderBanner } from "./banner.ts";
import { renderEnd } from "./end.ts";
import { factLines, type FactEvent } from "./fact-lines.ts";
import { labelOf } from "./names.ts";
import { personLines, type PersonEvent } from "./person-lines.ts";
import { asked, renderGate, rowsForGate } from "./gate.ts";
import { statement, type Scene } from "./scene.ts";
import { between } from "./times.ts";
import { stepLines, type StepEvent } from "./step-lines.ts";

/** The history lines of one event; none for what only matters to the record. */
export function linesOf(event: RunEvent, scene: Scene): readonly string[] {
  switch (event.type) {
    case "run.started":
      return renderBanner(scene);
    case "gate.opened":
      return gateLines(event.data, scene);
    case "run.succeeded":
    case "run.failed":
    case "run.cancelled":
      return [...factLines(event, scene), ...endLines(scene)];
    case "lease.acquired":
    case "plan.used":
    case "approval.used":
    case "rollback.accepted":
    case "record.exported":
    case "record.signedOff":
    case "record.pruned":
      return [];
    default:
      return otherLines(event, scene);
  }
}

/** The whole block while it can still be answered; what was answered long ago is only a line of the story. */
function gateLines(gate: Gate, scene: Scene): readonly string[] {
  const { summary, width } = scene;
  if (summary.gates.some((open) => open.gate === gate.gate)) {
    return ["", ...renderGate(gate, summary, width, { ...scene, rows: rowsForGate(gate) })];
  }
  const head = {
    mark: "wait",
    tone: "warn",
    label: labelOf(summary, gate.step),
    word: asked[gate.kind],
  } as const;
  return statement(scene, { ...head, text: visibleLine(gate.title) });
}

/** A child run ends in one line: the story goes on in its parent. */
function endLines(scene: Scene): readonly string[] {
  const { start, status, reason, startedAt, endedAt } = scene.summary;
  if (start.parent === null) return renderEnd(scene.summary, scene);
  const isGood = status === "succeeded";
  const duration = between(startedAt, endedAt);
  const head = {
    mark: isGood ? "ok" : "fail",
    tone: isGood ? "good" : "bad",
    label: visibleLine(start.runbook.id),
  } as const;
  return statement(scene, { ...head, word: status, text: visible(reason ?? ""), duration });
}

function otherLines(event: StepEvent | PersonEvent | FactEvent, scene: Scene): readonly string[] {
  if (isStep(event)) return stepLines(event, scene);
  return isPerson(event) ? personLines(event, scene) : factLines(event, scene);
}

function isStep(event: StepEvent | PersonEvent | FactEvent): event is StepEvent {
  return /^(step|timer|child)\./.test(event.type);
}

function isPerson(event: PersonEvent | FactEvent): event is PersonEvent {
  return /^(gate|approval|decision|input)\./.test(event.type);
}
