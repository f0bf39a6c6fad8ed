import { counted } from "../../model/counted.ts";
import type { Check, Verification } from "../../model/verify.ts";
import { columns } from "./print.ts";

const words = { pass: "PASS", fail: "FAIL", unknown: "UNKNOWN" } as const;

/** Every check with its verdict, and what follows from them. */
export function linesOf(
  what: string,
  { events, head, checks }: Verification,
  failing: number,
): readonly string[] {
  const place = head === null ? "" : `, head ${head.seq} ${head.hash}`;
  const rows = checks.map(({ verdict, name, detail }) => [words[verdict], name, detail]);
  return [
    `${what}: ${counted(events, "event")}${place}`,
    "",
    ...columns(rows),
    "",
    verdictOf(checks, failing),
  ];
}

function verdictOf(checks: readonly Check[], failing: number): string {
  if (failing > 0)
    return `${counted(failing, "check")} FAIL: do not trust this record, and keep it for an audit.`;
  const unknown = checks.filter(({ verdict }) => verdict === "unknown").length;
  const rest = unknown === 0 ? "" : ` ${counted(unknown, "check")} could not be made: see UNKNOWN.`;
  return `Nothing is wrong with it.${rest}`;
}
