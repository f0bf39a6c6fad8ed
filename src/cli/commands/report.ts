import path from "node:path";
import { RunbookError, messageOf } from "../../model/error.ts";
import { sha256 } from "../../model/json.ts";
import { reportPage } from "../../page/run-page.ts";
import { toAscii, toAsciiHtml } from "../../report/ascii.ts";
import type { ReportRecord } from "../../report/record.ts";
import { writeReport } from "../../report/write.ts";
import { writeDurably } from "../../system/files.ts";
import type { Globals, Io } from "../io.ts";
import { pageFile } from "../record/page-files.ts";
import { recordOf } from "../record/report-record.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";
import { withRun } from "../../runs/find-run.ts";

export interface ReportArgs {
  readonly run: string;
  /** The file to write; `-` prints. By default `RUN-report.md`, and what is piped is printed. */
  readonly output: string | undefined;
  readonly form: "md" | "html";
  readonly ascii: boolean;
  /** As for `verify`. */
  readonly replay?: boolean | undefined;
}

/** Writes the run up; exit code 9 says that the record behind it does not verify. */
export async function report(args: ReportArgs, globals: Globals, io: Io): Promise<number> {
  return withRun(placeOf(globals, io), args.run, async (store, row) => {
    const record = await recordOf(store, row.run, args.replay);
    const text = await compose(record, args);
    const file = fileFor(row.run, args, { globals, io });
    if (file !== null) await replaceFile(file, text);
    const { verified } = record;
    const isBroken = verified.checks.some(({ verdict }) => verdict === "fail");
    if (globals.json) {
      const facts = { run: row.run, sha256: sha256(text), verified, file };
      const content = args.form === "html" ? { html: text } : { markdown: text };
      printJson(io, "report", file === null ? { ...facts, ...content } : facts);
    } else if (file === null) io.stdout.write(text);
    else printLines(io, [`Report of ${row.run}: ${file}`]);
    if (isBroken)
      io.stderr.write(`runwright: the record of ${row.run} does not verify; the report says where.\n`);
    return isBroken ? 9 : 0;
  });
}

async function compose(record: ReportRecord, { form, ascii }: ReportArgs): Promise<string> {
  if (form === "md") {
    const markdown = await writeReport(record);
    return ascii ? toAscii(markdown) : markdown;
  }
  const html = await reportPage(record, await pageFile("style.css"));
  return ascii ? toAsciiHtml(html) : html;
}

function fileFor(
  run: string,
  { output, form }: ReportArgs,
  { globals, io }: { readonly globals: Globals; readonly io: Io },
): string | null {
  if (output === "-") return null;
  if (output !== undefined) return path.resolve(io.cwd, output);
  return io.stdout.isTTY && !globals.json ? path.join(io.cwd, `${run}-report.${form}`) : null;
}

/** A reader never sees half a report. */
async function replaceFile(file: string, content: string): Promise<void> {
  try {
    await writeDurably(file, content);
  } catch (cause) {
    const why = messageOf(cause);
    throw new RunbookError("STATE_UNWRITABLE", `The report cannot be written to \`${file}\`: ${why}.`, {
      cause,
      hint: "Name another place with `-o FILE`, or print it with `-o -`.",
    });
  }
}
