import type { EventOf } from "../../model/event.ts";
import { attachedTo } from "../../model/event-evidence.ts";
import type { JsonObject } from "../../model/json.ts";
import { stepOfGate } from "../../model/state-ids.ts";
import { visibleLine } from "../../redact/visible.ts";
import { labelOf, nameOf } from "./names.ts";
import { statement, type RenderContext } from "./render-context.ts";
import { inWords } from "../../model/json-read.ts";

export type PersonEvent = EventOf<
  | "gate.closed"
  | "approval.granted"
  | "approval.denied"
  | "approval.revoked"
  | "decision.made"
  | "input.given"
>;

const closings = {
  expired: ["expired", "nobody answered in time; the gate opens again"],
  cancelled: ["closed", "it is no longer wanted"],
  "approval expired": ["approval expired", "it was not used in time; the gate opens again"],
  "runbook changed": ["closed", "the run follows another runbook now; the gate opens again"],
} as const;

/** Who answered a gate, how and why. */
export function personLines(event: PersonEvent, context: RenderContext): readonly string[] {
  const { gate } = event.data;
  const label = labelOf(context.summary, context.gateOf(gate)?.step ?? stepOfGate(gate));
  const who = nameOf(event.actor);
  switch (event.type) {
    case "approval.granted": {
      const word = `approved by ${who}`;
      const text = because(event.data.reason) + visibleLine(attachedTo(event));
      return statement(context, { mark: "ok", label, word, text });
    }
    case "approval.denied": {
      const word = `rejected by ${who}`;
      const text = because(event.data.reason) + visibleLine(attachedTo(event));
      return statement(context, { mark: "fail", label, word, text });
    }
    case "approval.revoked": {
      const head = { mark: "wait", tone: "warn", label, word: `approval revoked by ${who}` } as const;
      return statement(context, { ...head, text: because(event.data.reason) });
    }
    case "decision.made": {
      const { choice, reason } = event.data;
      const chosen = context.gateOf(gate)?.options.find(({ id }) => id === choice)?.label;
      const word = `${who} chose ${visibleLine(choice)}`;
      const text = [chosen === undefined ? "" : visibleLine(chosen), because(reason)].filter(
        (part) => part !== "",
      );
      return statement(context, {
        mark: "ok",
        label,
        word,
        text: text.join("; reason: ") + visibleLine(attachedTo(event)),
      });
    }
    case "input.given": {
      const word = `answered by ${who}`;
      return statement(context, { mark: "ok", label, word, text: valuesOf(event.data.values) });
    }
    case "gate.closed": {
      const [word, text] = closings[event.data.why];
      return statement(context, { mark: "wait", tone: "warn", label, word, text });
    }
  }
}

function because(reason: string): string {
  return reason.trim() === "" ? "" : `"${visibleLine(reason.trim())}"`;
}

function valuesOf(values: JsonObject): string {
  return visibleLine(
    Object.entries(values)
      .map(([name, value]) => `${name}=${inWords(value)}`)
      .join(", "),
  );
}
