import { counted } from "../../model/counted.ts";
import { databaseFindings } from "../doctor/database.ts";
import { settingFindings } from "../doctor/settings.ts";
import { awsFindings, toolFindings } from "../doctor/tools.ts";
import type { Globals, Io } from "../io.ts";
import { columns, printJson, printLines } from "../view/print.ts";

/** Looks at everything that a run needs before it is needed at night; exit code 1 when something is wrong. */
export async function doctor(_: Readonly<Record<string, never>>, globals: Globals, io: Io): Promise<number> {
  const parts = await Promise.all([toolFindings(io), awsFindings(io), databaseFindings(globals, io)]);
  const findings = [...settingFindings(globals, io), ...parts.flat()];
  const failures = findings.filter(({ verdict }) => verdict === "FAIL").length;
  if (globals.json) printJson(io, "doctor", { ok: failures === 0, findings });
  else {
    const rows = findings.map(({ verdict, name, detail, next }) => [
      verdict,
      name,
      next === "" ? detail : `${detail}  ->  ${next}`,
    ]);
    const verdict = failures === 0 ? "Nothing is wrong." : `${counted(failures, "thing")} to fix.`;
    printLines(io, [...columns(rows), "", verdict]);
  }
  return failures === 0 ? 0 : 1;
}
