/**
 * The connection: opened so that an acknowledged event survives a power cut, or not opened at all.
 *
 * B1  better-sqlite3 falls back to synchronous=NORMAL in WAL mode, so FULL is set after it and read back after the
 *     first read. Measured in replayed power cuts: NORMAL lost acknowledged events, FULL none.
 * B2  A newer schema is refused; an older one is migrated in one transaction.
 * B3  The file is created 0600 before SQLite sees it: the WAL and its index then get the same mode.
 */
import Database from "better-sqlite3";
import { createRequire } from "node:module";
import { closeSync, existsSync, openSync, statfsSync } from "node:fs";
import path from "node:path";
import { errorCode } from "../model/error-code.ts";
import { RunbookError, messageOf } from "../model/error.ts";
import { makeDirectory } from "../system/files.ts";
import { migrations } from "./migrations.ts";

/** Named, because searching for it is a third of what opening a database costs a short command. */
function driver(): string {
  try {
    return createRequire(import.meta.url).resolve("better-sqlite3/build/Release/better_sqlite3.node");
  } catch (cause) {
    throw new RunbookError("DRIVER_MISSING", "The database's driver, better-sqlite3, was not built.", {
      cause,
    });
  }
}

export type Connection = Database.Database;

export function openDatabase(file: string): Connection {
  return guarded(file, () => {
    const nativeBinding = driver();
    refuseUnfit(file);
    createPrivately(file);
    const db = new Database(file, { nativeBinding });
    try {
      // First: a database that is refused stays as it was.
      refuseNewer(db, file);
      configure(db, file);
      migrate(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Tries a transaction again that could not begin, and so has done nothing: SQLite's waiting is not fair, and of many
 * writers one may be passed over for seconds although nobody keeps the lock.
 */
export function patiently<T>(begin: () => T): T {
  for (let tries = 1; ; tries += 1) {
    try {
      return begin();
    } catch (error) {
      if (errorCode(error) !== "SQLITE_BUSY" || tries === 4) throw error;
    }
  }
}

/** Opens a copy that nobody writes to, only to read it. */
export function openCopy(file: string): Connection {
  return guarded(
    file,
    () => new Database(file, { nativeBinding: driver(), readonly: true, fileMustExist: true }),
  );
}

/** Turns what SQLite and the file system throw into an error that says what to do; `advice` is for a file that is not the database's. */
export function guarded<T>(file: string, work: () => T, advice?: string): T {
  try {
    return work();
  } catch (error) {
    throw storageError(file, error, advice);
  }
}

function createPrivately(file: string): void {
  if (existsSync(file)) return;
  makeDirectory(path.dirname(file));
  // Not exclusively: another process may be creating it just now, with the same mode.
  closeSync(openSync(file, "a", 0o600));
}

const settings = {
  journal_mode: "wal",
  synchronous: 2,
  busy_timeout: 5000,
  foreign_keys: 1,
  trusted_schema: 0,
  cell_size_check: 1,
} as const;

function configure(db: Connection, file: string): void {
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("busy_timeout = 5000");
  db.pragma("foreign_keys = ON");
  db.pragma("trusted_schema = OFF");
  db.pragma("cell_size_check = ON");
  db.prepare("SELECT count(*) FROM sqlite_schema").get();
  for (const [name, value] of Object.entries(settings)) {
    const got: unknown = db.pragma(name, { simple: true });
    if (got !== value) {
      throw new RunbookError(
        "STORAGE_FAILED",
        `\`${file}\` does not keep ${name}=${value} (it has ${String(got)}).`,
      );
    }
  }
}

function refuseNewer(db: Connection, file: string): void {
  const version = Number(db.pragma("user_version", { simple: true }));
  if (version <= migrations.length) return;
  throw new RunbookError(
    "STATE_NEWER",
    `\`${file}\` has schema ${version}; this version of runwright knows schemas up to ${migrations.length}.`,
  );
}

function migrate(db: Connection): void {
  if (Number(db.pragma("user_version", { simple: true })) === migrations.length) return;
  const all = db.transaction(() => {
    // Another process may have migrated while this one waited for the lock.
    const current = Number(db.pragma("user_version", { simple: true }));
    for (const migration of migrations.slice(current)) db.exec(migration);
    db.pragma(`user_version = ${migrations.length}`);
  });
  all.immediate();
  // Into the main file: a database that loses its WAL must still know which log it was.
  db.pragma("wal_checkpoint(TRUNCATE)");
}

/** What SQLite or the file system threw, as an error that says what to do; anything else as it is. */
export function storageError(file: string, error: unknown, advice?: string): unknown {
  if (error instanceof RunbookError) return error;
  const code = errorCode(error);
  const message = messageOf(error);
  const facts = { cause: error, data: { file, sqlite: code } };
  if (code === "ERR_DLOPEN_FAILED") {
    const what = "The database's driver, better-sqlite3, was built for another Node";
    return new RunbookError("DRIVER_MISSING", `${what}: ${message.split("\n")[0] ?? ""}`, facts);
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return new RunbookError("STATE_CORRUPT", `\`${file}\` is not a readable database: ${message}.`, facts);
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new RunbookError("STATE_BUSY", `\`${file}\` is locked by another process: ${message}.`, facts);
  }
  if (/^SQLITE_(CANTOPEN|READONLY)|^(EACCES|EPERM|EROFS|ENOTDIR|EISDIR|ENOENT|EEXIST)$/.test(code)) {
    return new RunbookError(
      "STATE_UNWRITABLE",
      `\`${file}\` cannot be opened for writing: ${message}.`,
      advice === undefined ? facts : { ...facts, hint: advice },
    );
  }
  if (/^SQLITE_(FULL|IOERR)|^(ENOSPC|EIO|EDQUOT)$/.test(code)) {
    return new RunbookError("STORAGE_FAILED", `\`${file}\` could not be written: ${message}.`, facts);
  }
  return error;
}

/**
 * File systems of other machines, by the type that Linux gives them (statfs(2)): SQLite's write-ahead log lacks the memory
 * there that all its users share, and a sync promises less. What lies behind FUSE is not known.
 */
const remote: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB2",
  0x5346414f: "AFS",
  0xc36400: "Ceph",
  0xbd00bd0: "Lustre",
  0x1021997: "9P",
  0x65735546: "FUSE",
};
/** Those in which nobody can make a file: Node would try for ever to make a directory there. */
const kernel: Readonly<Record<number, string>> = { 0x9fa0: "proc", 0x62656572: "sysfs" };

/** Refuses a database that would not be on a disk of this machine, as far as the type of its file system tells. */
export function refuseUnfit(file: string, typeOf = (at: string): number => statfsSync(at).type): void {
  let there = path.dirname(path.resolve(file));
  while (!existsSync(there)) there = path.dirname(there);
  // A type above 2^31 may come with its sign.
  const type = typeOf(there) >>> 0;
  const [far, inner] = [remote[type], kernel[type]];
  if (far !== undefined)
    throw new RunbookError("STATE_REMOTE", `\`${file}\` would be on a file system over a network (${far}).`);
  if (inner !== undefined)
    throw new RunbookError(
      "STATE_UNWRITABLE",
      `\`${file}\` would be among the kernel's own files (${inner}).`,
    );
}
