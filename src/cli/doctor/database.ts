import { accessSync, constants, existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import path from "node:path";
import { migrations } from "../../store/migrations.ts";
import { openDatabase } from "../../store/database.ts";
import { seenLog } from "../../store/log-identity.ts";
import { anchorAdvice } from "../../store/anchor.ts";
import { findKey } from "../../store/key.ts";
import { openStore, type Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { databaseFile, storeOptions } from "../../runs/store-options.ts";
import { placeOf } from "../record/record-place.ts";
import { verifyStored } from "../../runs/verify.ts";
import { fail, failed, ok, unknown, type DoctorFinding } from "./finding.ts";

const leastSpace = 100 * 2 ** 20;

/** The database: where it is, whether it can be written, and whether its record can be trusted. */
export async function databaseFindings(globals: Globals, io: Io): Promise<readonly DoctorFinding[]> {
  const file = databaseFile(placeOf(globals, io));
  const dir = nearest(path.dirname(file));
  const common = [
    writable("directory", dir, "Make it writable or name another with `--db PATH`."),
    await space(dir),
    anchors(globals, io),
  ];
  if (!existsSync(file) && seenLog(file) === undefined)
    return [ok("database", `${file}; there is none yet, the first run creates it`), ...common];
  let store: Store;
  try {
    store = openStore(storeOptions(placeOf(globals, io)));
  } catch (error) {
    return [failed("database", error), ...common];
  }
  try {
    return [
      ok("database", file),
      writable("database file", file, "Make it writable or name another with `--db PATH`."),
      ...common,
      ...settings(file),
      ...(await record(store)),
    ];
  } finally {
    store.close();
  }
}

/** The directory itself, or the first above it that exists. */
function nearest(dir: string): string {
  return existsSync(dir) || path.dirname(dir) === dir ? dir : nearest(path.dirname(dir));
}

function anchors(globals: Globals, io: Io): DoctorFinding {
  try {
    return writable("anchors", nearest(storeOptions(placeOf(globals, io)).anchors), anchorAdvice);
  } catch (error) {
    return failed("anchors", error);
  }
}

function writable(name: string, place: string, advice: string): DoctorFinding {
  try {
    accessSync(place, constants.W_OK);
    return ok(`${name} writable`, place);
  } catch {
    return fail(`${name} writable`, `${place} cannot be written`, advice);
  }
}

async function space(dir: string): Promise<DoctorFinding> {
  try {
    const { bavail, bsize } = await statfs(dir);
    const free = `${Math.floor((bavail * bsize) / 2 ** 20)} MiB free`;
    return bavail * bsize >= leastSpace
      ? ok("disk space", free)
      : fail("disk space", free, "Free at least 100 MiB.");
  } catch (error) {
    return unknown("disk space", String(error), "Look with `df`.");
  }
}

function settings(file: string): readonly DoctorFinding[] {
  const db = openDatabase(file);
  try {
    const read = (name: string): unknown => db.pragma(name, { simple: true });
    const kept = ["journal_mode", "synchronous", "foreign_keys", "trusted_schema"].map(
      (name) => `${name}=${String(read(name))}`,
    );
    const sound = String(read("quick_check"));
    return [
      ok("schema", `${String(read("user_version"))}, this program knows up to ${migrations.length}`),
      ok("settings", kept.join(" ")),
      sound === "ok"
        ? ok("file structure", "SQLite's quick check passes")
        : fail("file structure", sound, "Keep the file and restore a backup beside it."),
    ];
  } finally {
    db.close();
  }
}

/** An auditor is told the fingerprint by another way than the record. */
function key({ anchor, log }: Store): DoctorFinding {
  const found = findKey(anchor.keyFile, log.id);
  if (found === null) return ok("key", "nothing is signed yet; the first gate or end of a run makes one");
  const [, line = ""] = found.publicPem.split("\n");
  return ok("key", `${found.file}, fingerprint ${found.fingerprint}, public key ${line}`);
}

async function record(store: Store): Promise<readonly DoctorFinding[]> {
  const { checks, events, head } = await verifyStored(store, []);
  const broken = checks.filter(({ verdict }) => verdict === "fail");
  const next = "Do not trust this record; keep the database for an audit.";
  const open = checks.filter(({ verdict }) => verdict === "unknown");
  return [
    ok(
      "log",
      `${store.log.id}, ${events} events, head ${head === null ? "none" : `${head.seq} ${head.hash}`}`,
    ),
    ...broken.map(({ name, detail }) => fail("record", `NOT TRUE: ${name}: ${detail}`, next)),
    ...(broken.length === 0 ? [ok("record", `of ${checks.length} checks of the whole log none fails`)] : []),
    ...open.map(({ name, detail }) => unknown("record", `${name}: ${detail}`, "See `runwright verify`.")),
    key(store),
    existsSync(store.anchor.file)
      ? ok("anchor", store.anchor.file)
      : unknown(
          "anchor",
          "there is no anchor file, so a restored old copy would not be noticed",
          "The next run writes one.",
        ),
  ];
}
