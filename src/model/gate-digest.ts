import type { Gate } from "./event.ts";
import { digestOf } from "./json.ts";

/** What a gate's digest covers: everything that an answer depends on, in the run and at the gate that it is for. */
export type GateQuestion = Omit<Gate, "digest" | "options" | "expiresAt">;

/** The digest that an answer names. An approval given for another run, gate, runbook or input has another one. */
export function gateDigest(run: string, asks: GateQuestion): string {
  const { gate, step, kind, title, shown, risk, approvers, approvals, usableFor, covers, binds, bound } =
    asks;
  const people = { approvers, approvals };
  return digestOf({ run, gate, step, kind, title, shown, risk, ...people, usableFor, covers, binds, bound });
}
