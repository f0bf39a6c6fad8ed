import os from "node:os";
import path from "node:path";
import { isAlive } from "../process/identity.ts";
import type { Owner } from "../store/leases.ts";
import type { StoreOptions } from "../store/store.ts";
import { requireDirectory } from "../system/account.ts";
import { furtherAnchors } from "./extra-anchors.ts";
import type { Globals, Io } from "../cli/io.ts";

/** Where the database is. */
export function databaseFile({ db }: Pick<Globals, "db">, { cwd }: Pick<Io, "cwd">): string {
  return path.resolve(cwd, db);
}

/** Where the database is and what it needs of this machine; throws `HOME_MISSING`. */
export function storeOptions(
  globals: Pick<Globals, "db">,
  io: Pick<Io, "env" | "cwd" | "now" | "stderr">,
): StoreOptions {
  const state = requireDirectory("state", io.env, "the log's anchors and keys");
  return {
    file: databaseFile(globals, io),
    anchors: path.join(state, "anchors"),
    handOn: furtherAnchors(io),
    now: io.now,
    isAlive: isOwnerAlive,
  };
}

/** Of a process on another host nothing is known until its lease runs out. */
export function isOwnerAlive(owner: Owner): boolean {
  return owner.host !== os.hostname() || isAlive(owner);
}
