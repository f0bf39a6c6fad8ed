import os from "node:os";
import path from "node:path";
import { isAlive } from "../process/identity.ts";
import type { Owner } from "../store/leases.ts";
import type { StoreOptions } from "../store/store.ts";
import { furtherAnchors } from "./further-anchors.ts";
import type { Globals, Io } from "./io.ts";

/** Where the database is and what it needs of this machine. */
export function storeOptions(
  globals: Pick<Globals, "db">,
  io: Pick<Io, "env" | "cwd" | "now" | "stderr">,
): StoreOptions {
  const home = io.env["HOME"] ?? os.homedir();
  const state = io.env["XDG_STATE_HOME"] ?? path.join(home, ".local", "state");
  return {
    file: path.resolve(io.cwd, globals.db),
    anchors: path.join(state, "runwright", "anchors"),
    handOn: furtherAnchors(io),
    now: io.now,
    isAlive: isOwnerAlive,
  };
}

/** Of a process on another host nothing is known until its lease runs out. */
export function isOwnerAlive(owner: Owner): boolean {
  return owner.host !== os.hostname() || isAlive(owner);
}
