import os from "node:os";
import path from "node:path";
import { isAlive } from "../process/identity.ts";
import type { Owner } from "../store/leases.ts";
import type { StoreOptions } from "../store/store.ts";
import { requireDirectory } from "../system/account.ts";
import { extraAnchors } from "./extra-anchors.ts";

/** Variables as the process has them: settings, credentials, and the secrets that inputs refer to. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where runs are recorded, and what of this machine belongs to that. */
export interface RecordPlace {
  /** The database's file; a relative path begins at `cwd`. */
  readonly db: string;
  readonly cwd: string;
  readonly env: Environment;
  readonly now: () => Date;
  /** Is given what went wrong beside a run without holding it up, as one line. */
  readonly warn: (message: string) => void;
}

/** Where the database is. */
export function databaseFile({ db, cwd }: Pick<RecordPlace, "db" | "cwd">): string {
  return path.resolve(cwd, db);
}

/** Where the database is and what it needs of this machine; throws `HOME_MISSING`. */
export function storeOptions({ db, cwd, env, now, warn }: RecordPlace): StoreOptions {
  const state = requireDirectory("state", env, "the log's anchors and keys");
  return {
    file: databaseFile({ db, cwd }),
    anchors: path.join(state, "anchors"),
    handOn: extraAnchors({ env, cwd, warn }),
    now,
    isAlive: isOwnerAlive,
  };
}

/** Of a process on another host nothing is known until its lease runs out. */
function isOwnerAlive(owner: Owner): boolean {
  return owner.host !== os.hostname() || isAlive(owner);
}
