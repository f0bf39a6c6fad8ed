import type { Gate, EventOf } from "./event.ts";

/** A gate that was opened, and what became of it. */
export interface GateRecord {
  readonly run: string;
  readonly gate: Gate;
  readonly rseq: number;
  readonly openedAt: string;
  /** The last: an approval may be revoked, or lapse. */
  readonly answer: GateAnswerEvent | null;
  /** The last approval, also when it was taken back or lapsed. */
  readonly granted: EventOf<"approval.granted"> | null;
  readonly used: EventOf<"approval.used"> | null;
}

export type GateAnswerEvent = EventOf<
  | "approval.granted"
  | "approval.denied"
  | "approval.revoked"
  | "decision.made"
  | "input.given"
  | "gate.closed"
>;

/** A gate that nobody has answered. */
export function opened(event: EventOf<"gate.opened">): GateRecord {
  const { run, rseq, at, data } = event;
  return { run, gate: data, rseq, openedAt: at, answer: null, granted: null, used: null };
}

/** The same gate after an answer to it, or after its approval was used. */
export function answered(record: GateRecord, event: GateAnswerEvent | EventOf<"approval.used">): GateRecord {
  if (event.type === "approval.used") return { ...record, used: record.used ?? event };
  if (event.type === "approval.granted") return { ...record, answer: event, granted: event };
  return { ...record, answer: event };
}
