import { counted } from "../../model/counted.ts";
import type { Check, Verification } from "../../model/verify.ts";
import { columns } from "./print.ts";

const words = { pass: "PASS", fail: "FAIL", unknown: "UNKNOWN" } as const;

/** Shows the checks as they are made: those of the record stand there before any code of the record runs. */
export function verifyView(
  what: string,
  print: (lines: readonly string[]) => void,
): {
  readonly record: (found: Verification) => void;
  /** The checks that came after them, and what follows from all. */
  readonly end: (verified: Verification, failing: number) => void;
} {
  let printed = 0;
  return {
    record: ({ events, head, checks }) => {
      const place = head === null ? "" : `, head ${head.seq} ${head.hash}`;
      print([`${what}: ${counted(events, "event")}${place}`, "", ...rowsOf(checks)]);
      printed = checks.length;
    },
    end: ({ checks }, failing) => print([...rowsOf(checks).slice(printed), "", verdictOf(checks, failing)]),
  };
}

const width = Math.max(...Object.values(words).map(({ length }) => length));

function rowsOf(checks: readonly Check[]): readonly string[] {
  return columns(checks.map(({ verdict, name, detail }) => [words[verdict].padEnd(width), name, detail]));
}

function verdictOf(checks: readonly Check[], failing: number): string {
  if (failing > 0)
    return `${counted(failing, "check")} FAIL: do not trust this record, and keep it for an audit.`;
  const unknown = checks.filter(({ verdict }) => verdict === "unknown").length;
  const rest = unknown === 0 ? "" : ` ${counted(unknown, "check")} could not be made: see UNKNOWN.`;
  return `Nothing is wrong with it.${rest}`;
}
