import { messageOf } from "../model/error.ts";
import os from "node:os";
import path from "node:path";
import { isAlive } from "../process/identity.ts";
import type { Owner } from "../store/leases.ts";
import type { StoreOptions } from "../store/store.ts";
import { requireDirectory, type Environment } from "../system/account.ts";
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

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
    publish: extraAnchors({ env, cwd, warn }),
    now,
    isAlive: isOwnerAlive,
  };
}

/** Of a process on another host nothing is known until its lease runs out. */
function isOwnerAlive(owner: Owner): boolean {
  return owner.host !== os.hostname() || isAlive(owner);
}

/**
 * Anchors beyond the one that is always there: files that lie elsewhere, and programs that carry a note away. They are
 * told each signed head after it is stored. None of them may hold a run up: what fails is told once, and the run goes on.
 * What `RUNWRIGHT_ANCHORS` names, with `:` between: a path is a file to append to, `|path` a program that reads a note.
 */
export function extraAnchors({
  env,
  cwd,
  warn,
}: Pick<RecordPlace, "env" | "cwd" | "warn">): (line: string) => void {
  const places = (env["RUNWRIGHT_ANCHORS"] ?? "").split(":").filter((place) => place !== "");
  const failed = new Set<string>();
  const fail = (place: string, error: unknown): void => {
    if (failed.has(place)) return;
    failed.add(place);
    const why = messageOf(error);
    warn(`runwright: the anchor \`${place}\` was not written: ${why}. The record continues without it.`);
  };
  return (line) => {
    for (const place of places) {
      try {
        if (place.startsWith("|"))
          tell(path.resolve(cwd, place.slice(1)), line, (error) => fail(place, error));
        else appendFileSync(path.resolve(cwd, place), `${line}\n`, { mode: 0o600, flush: true });
      } catch (error) {
        fail(place, error);
      }
    }
  };
}

/** On its own: a slow network must not hold the engine, nor the engine's end the note. */
function tell(program: string, line: string, fail: (error: unknown) => void): void {
  const child = spawn(program, [], { detached: true, stdio: ["pipe", "ignore", "inherit"] });
  child.on("error", fail);
  child.on("exit", (code) => {
    if (code !== 0) fail(new Error(`it ended with ${code ?? "a signal"}`));
  });
  child.stdin.on("error", fail);
  child.stdin.end(`${line}\n`);
  child.unref();
}
