import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { RunbookError, messageOf } from "../model/error.ts";
import type { RunEvent } from "../model/event.ts";
import { parseNotes } from "../model/head-note.ts";
import type { StoredRow } from "../model/verify.ts";
import { rowsOf } from "./jsonl.ts";
import { eventOf, type Submission } from "./submission.ts";
import { untar } from "./tar.ts";

/** The names in a bundle, apart from `blobs/SHA256` and `runbooks/SHA256`. */
export const bundleFiles = {
  events: "events.jsonl",
  notes: "anchors.txt",
  key: "key.pem",
  readme: "README.md",
  verifier: "verify.py",
} as const;

type ReadBundleFile = (name: string) => Promise<Uint8Array | null>;

/** Opens what somebody handed in: a bundle's directory, its tar, or a file of events. Throws `BUNDLE_UNREADABLE`. */
export async function openSubmission(place: string): Promise<Submission> {
  if (!existsSync(place)) throw unreadable(place, "there is no such file or directory");
  if (statSync(place).isDirectory()) return submission(place, directoryReader(place));
  const bytes = await readFile(place);
  const files = untar(bytes);
  if (files !== undefined) return submission(place, async (name) => files.get(name) ?? null);
  return {
    ...(await submission(place, async (name) => (name === bundleFiles.events ? bytes : null))),
    form: "lines",
  };
}

function directoryReader(dir: string): ReadBundleFile {
  return async (name) => readFile(path.join(dir, name)).catch(() => null);
}

async function submission(place: string, read: ReadBundleFile): Promise<Submission> {
  const [events, notes, key] = [
    await read(bundleFiles.events),
    await read(bundleFiles.notes),
    await read(bundleFiles.key),
  ];
  if (events === null) throw unreadable(place, `it has no \`${bundleFiles.events}\``);
  const rows = parseRows(place, events);
  const [first] = rows;
  const { log, prev } = JSON.parse(first?.body ?? "{}") as Partial<RunEvent>;
  return {
    form: "bundle",
    log: log ?? "",
    before: first?.seq === 1 ? "0".repeat(64) : prev,
    rows,
    runs: runsOf(rows),
    hashAt: () => undefined,
    notes: notes === null ? null : parseNotes(text(notes), log ?? ""),
    key: key === null ? null : text(key),
    file: (kind, sha256) =>
      /^[0-9a-f]{64}$/.test(sha256) ? read(`${kind}/${sha256}`) : Promise.resolve(null),
  };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function parseRows(place: string, events: Uint8Array): readonly StoredRow[] {
  try {
    return rowsOf(text(events));
  } catch (error) {
    throw unreadable(place, messageOf(error), error);
  }
}

/** The runs that the export names; without an export, those whose beginning is here. */
function runsOf(rows: readonly StoredRow[]): readonly string[] {
  const last = rows.at(-1);
  const exported = last?.type === "record.exported" ? eventOf(last) : null;
  if (exported?.type === "record.exported" && Array.isArray(exported.data.runs)) return exported.data.runs;
  return rows.filter(({ rseq }) => rseq === 1).map(({ run }) => run);
}

function unreadable(place: string, why: string, cause?: unknown): RunbookError {
  return new RunbookError("BUNDLE_UNREADABLE", `\`${place}\` cannot be read as a record: ${why}.`, { cause });
}
