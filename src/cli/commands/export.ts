import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundleOf, exportLines, type Exporting } from "../../audit/export.ts";
import { tar } from "../../audit/tar.ts";
import { withheldBy } from "../../audit/withhold.ts";
import { packageRoot } from "../../loader/load.ts";
import { RunbookError } from "../../model/error.ts";
import type { RunEvent } from "../../model/event.ts";
import type { StoredRow } from "../../model/verify.ts";
import { openBlobs } from "../../store/blobs.ts";
import { openDatabase, storageError } from "../../store/database.ts";
import { findKey } from "../../store/key.ts";
import { storedRange } from "../../store/stored-rows.ts";
import type { Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { familyOf } from "../../runs/find-run.ts";
import { withRun } from "../record/with-run.ts";
import { printJson, printLines } from "../view/print.ts";
import { operatorOf } from "../../runs/operator.ts";
import { wholeNotes } from "../../runs/stored-record.ts";
import { pageOf } from "../record/run-page.ts";
import { reportText } from "../record/report-text.ts";

export interface ExportArgs {
  readonly run: string;
  /** Who gets it. */
  readonly to: string;
  readonly bundle: string | undefined;
  readonly jsonl: string | undefined;
  readonly md: string | undefined;
  readonly html?: string | undefined;
  readonly withhold: readonly string[];
}

/** Writes a run's record for somebody else, and records that; what is there already is never written over. */
export async function exportRun(args: ExportArgs, globals: Globals, io: Io): Promise<number> {
  const { form, place } = formOf(args, io);
  return withRun({ globals, io, run: args.run }, async (store, row) => {
    const runs = familyOf(store, row.run, () => []).map((member) => member.row.run);
    const before = rowsOf(store, runs);
    const own = before.filter(({ run }) => runs.includes(run)).map((one) => ({ ...one, event: null }));
    const withheld = withheldBy(args.withhold, row.run, own);
    const event = record(store, row.run, { to: args.to, runs, withheld: [...withheld] }, io);
    const exporting = exportingOf(
      store,
      rowsOf(store, runs).filter(({ seq }) => seq <= event.seq),
      {
        to: args.to,
        runs,
        withheld,
      },
    );
    if (form === "md") await give(place, await reportText(row.run, globals, io), io);
    else if (form === "html") await give(place, await pageOf(store, exporting, row.run), io);
    else if (form === "jsonl") await give(place, exportLines(exporting), io);
    else await writeBundle(place, row.run, exporting, event.at);
    if (place !== null)
      tell({ run: row.run, to: args.to, place, event, withheld: withheld.size }, globals, io);
    return 0;
  });
}

interface Form {
  readonly form: "bundle" | "jsonl" | "md" | "html";
  /** Null for the terminal. */
  readonly place: string | null;
}

function formOf({ bundle, jsonl, md, html, withhold }: ExportArgs, io: Io): Form {
  const given = Object.entries({ bundle, jsonl, md, html }).filter(([, place]) => place !== undefined);
  const [[form, to = ""] = ["", ""]] = given;
  if (given.length !== 1 || !isForm(form))
    throw new RunbookError("USAGE", "An export is one of `--bundle`, `--jsonl`, `--html` and `--md`.");
  if (form === "md" && withhold.length > 0)
    throw new RunbookError(
      "USAGE",
      "From `--md` nothing can be withheld: use `--bundle`, `--jsonl` or `--html`.",
    );
  if (to === "-" && form !== "bundle") return { form, place: null };
  const place = path.resolve(io.cwd, to);
  if (existsSync(place)) throw new RunbookError("FILE_EXISTS", `\`${place}\` is there already.`);
  return { form, place };
}

function isForm(name: string): name is Form["form"] {
  return ["bundle", "jsonl", "md", "html"].includes(name);
}

function rowsOf(store: Store, runs: readonly string[]): readonly StoredRow[] {
  const db = openDatabase(store.file);
  try {
    return [...storedRange(db, store.file, runs).rows];
  } finally {
    db.close();
  }
}

/** First: who gets a copy must not depend on whether writing it came to an end. */
function record(
  store: Store,
  run: string,
  data: Extract<RunEvent, { readonly type: "record.exported" }>["data"],
  io: Io,
): RunEvent {
  const draft = { run, type: "record.exported", actor: operatorOf(io), data } as const;
  const committed = store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  const [event] = committed.type === "stored" ? committed.events : [];
  if (event === undefined) throw new Error("An append that has seen nothing cannot be behind.");
  store.anchor.note(event, true);
  return event;
}

function exportingOf(
  store: Store,
  rows: readonly StoredRow[],
  about: Pick<Exporting, "to" | "runs" | "withheld">,
): Exporting {
  const verifier = path.join(packageRoot(), "verifier", "verify.py");
  return {
    ...about,
    log: store.log.id,
    rows,
    notes: wholeNotes(store),
    key: findKey(store.anchor.keyFile, store.log.id)?.publicPem ?? null,
    verifier: () => readFile(verifier),
    file: openBlobs(store).get,
  };
}

async function writeBundle(
  place: string | null,
  run: string,
  exporting: Exporting,
  at: string,
): Promise<void> {
  const target = place ?? "";
  const files = await bundleOf(exporting);
  if (target.endsWith(".tar")) return writeNew(target, tar(run, files, new Date(at)));
  try {
    for (const dir of [target, path.join(target, "blobs"), path.join(target, "runbooks")])
      await mkdir(dir, { mode: 0o700 });
  } catch (error) {
    throw storageError(target, error);
  }
  for (const [name, bytes] of files) await writeNew(path.join(target, name), bytes);
}

async function give(place: string | null, text: string, io: Io): Promise<void> {
  if (place === null) io.stdout.write(text);
  else await writeNew(place, Buffer.from(text));
}

async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw storageError(file, error);
  }
}

interface Told {
  readonly run: string;
  readonly to: string;
  readonly place: string;
  readonly event: RunEvent;
  readonly withheld: number;
}

function tell({ run, to, place, event, withheld }: Told, globals: Globals, io: Io): void {
  const { seq, hash } = event;
  if (globals.json) return printJson(io, "export", { run, to, file: place, head: { seq, hash }, withheld });
  printLines(io, [
    `Record of ${run} for ${to}: ${place}${withheld === 0 ? "" : ` (${withheld} events withheld)`}`,
    `Tell the recipient the head by another way: ${seq} ${hash}`,
  ]);
}
