import { noteLine, parseNotes } from "../model/head-note.ts";
import type { StoredRow } from "../model/verify.ts";
import { bundleFiles } from "./bundle.ts";
import { digestsOf } from "./files.ts";
import { lineOf } from "./jsonl.ts";
import { readme } from "./bundle-readme.ts";
import { eventOf } from "./submission.ts";

/** What an export is made of. */
export interface ExportContents {
  readonly log: string;
  readonly to: string;
  readonly runs: readonly string[];
  /** From the first event of these runs to the export's own, with what others stored in between. */
  readonly rows: readonly StoredRow[];
  readonly withheld: ReadonlySet<number>;
  /** The text of the anchor file; empty when there is none. */
  readonly notes: string;
  readonly key: string | null;
  readonly verifier: () => Promise<Uint8Array>;
  readonly file: (sha256: string) => Promise<Uint8Array>;
}

/** The rows as the recipient gets them: of other runs, and of what is withheld, only the envelopes. */
function shownRows({ rows, runs, withheld }: Pick<ExportContents, "rows" | "runs" | "withheld">) {
  const own = new Set(runs);
  return rows.map((row) => (own.has(row.run) && !withheld.has(row.seq) ? row : { ...row, data: null }));
}

/** The events as lines: exactly the stored bytes. */
export function exportLines(contents: Pick<ExportContents, "rows" | "runs" | "withheld">): string {
  return shownRows(contents)
    .map((row) => `${lineOf(row)}\n`)
    .join("");
}

/** Every file of a bundle, by its name. */
export async function bundleOf(contents: ExportContents): Promise<ReadonlyMap<string, Uint8Array>> {
  const { log, rows, notes, key, verifier, file } = contents;
  const events = shownRows(contents).flatMap((row) => eventOf(row) ?? []);
  const digests = digestsOf(events);
  const [first, last] = [rows.at(0)?.seq ?? 0, rows.at(-1)?.seq ?? 0];
  const near = parseNotes(notes, log).notes.filter(({ seq }) => seq >= first && seq <= last);
  const files = new Map<string, Uint8Array>([
    [bundleFiles.readme, Buffer.from(readme(contents, rows.at(-1)))],
    [bundleFiles.events, Buffer.from(exportLines(contents))],
    [bundleFiles.notes, Buffer.from(near.map((note) => `${noteLine(note)}\n`).join(""))],
    [bundleFiles.verifier, await verifier()],
  ]);
  if (key !== null) files.set(bundleFiles.key, Buffer.from(key));
  for (const sha256 of digests.blobs) files.set(`blobs/${sha256}`, await file(sha256));
  for (const sha256 of digests.runbooks) files.set(`runbooks/${sha256}`, await file(sha256));
  return files;
}
