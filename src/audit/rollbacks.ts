import { isOf } from "../model/event.ts";
import type { Check, StoredRow } from "../model/verify.ts";
import { eventOf } from "./submission.ts";

/** An accepted rollback is told, for what came after the older copy can never be looked at. */
export function rollbackCheck(rows: readonly StoredRow[]): Check {
  const name = "nothing of the log was given up";
  if (rows.length === 0) return { name, verdict: "pass", detail: "no rollback was accepted" };
  const told = rows.flatMap((row) => {
    const event = eventOf(row);
    if (event === null || !isOf(event, "rollback.accepted")) return [`event ${row.seq}`];
    const { actor, at, data } = event;
    const { was, is, reason } = data;
    return [
      `${actor.id} accepted at ${at} that event ${was.seq} of log ${was.log} was noted and the log goes on after ${is.seq}: ${reason}`,
    ];
  });
  return { name, verdict: "unknown", detail: [...new Set(told)].join("; ") };
}
