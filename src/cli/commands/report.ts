import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { RunbookError } from "../../model/error.ts";
import { sha256 } from "../../model/json.ts";
import type { Verification } from "../../model/verify.ts";
import { writeReport } from "../../report/write.ts";
import type { Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { openBlobs } from "../../store/blobs.ts";
import { familyOf, withRun } from "../read-store.ts";
import { printJson, printLines } from "../read-text.ts";
import { verifyRuns } from "../verify-run.ts";

export interface ReportArgs {
  readonly run: string;
  /** The file to write; `-` prints. By default `RUN-report.md`, and what is piped is printed. */
  readonly output: string | undefined;
}

/** Writes the run up as Markdown; exit code 9 says that the record behind it does not verify. */
export async function report({ run, output }: ReportArgs, globals: Globals, io: Io): Promise<number> {
  return withRun({ globals, io, run }, async (store, row) => {
    const { markdown, verified } = await compose(store, row.run);
    const file = fileFor(row.run, output, { globals, io });
    if (file !== null) await replaceFile(file, markdown);
    const isBroken = verified.checks.some(({ verdict }) => verdict === "fail");
    if (globals.json) {
      const facts = { run: row.run, sha256: sha256(markdown), verified };
      printJson(io, "report", file === null ? { ...facts, file, markdown } : { ...facts, file });
    } else if (file === null) io.stdout.write(markdown);
    else printLines(io, [`Report of ${row.run}: ${file}`]);
    if (isBroken)
      io.stderr.write(`runwright: the record of ${row.run} does not verify; the report says where.\n`);
    return isBroken ? 9 : 0;
  });
}

/** The report of a run as text. */
export async function reportText(run: string, globals: Globals, io: Io): Promise<string> {
  return withRun({ globals, io, run }, async (store, row) => (await compose(store, row.run)).markdown);
}

async function compose(
  store: Store,
  run: string,
): Promise<{ readonly markdown: string; readonly verified: Verification }> {
  const blobs = openBlobs(store);
  const events = familyOf(store, run).map((member) => member.events);
  const verified = await verifyRuns(store, blobs, events);
  return { markdown: await writeReport({ events, artifact: blobs.get, verified }), verified };
}

function fileFor(
  run: string,
  output: string | undefined,
  { globals, io }: { readonly globals: Globals; readonly io: Io },
): string | null {
  if (output === "-") return null;
  if (output !== undefined) return path.resolve(io.cwd, output);
  return io.stdout.isTTY && !globals.json ? path.join(io.cwd, `${run}-report.md`) : null;
}

/** A reader never sees half a report. */
async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    await handle.writeFile(content);
    await handle.close();
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RunbookError("STATE_UNWRITABLE", `The report cannot be written to \`${file}\`: ${why}.`, {
      cause,
      hint: "Name another place with `-o FILE`, or print it with `-o -`.",
    });
  }
}
