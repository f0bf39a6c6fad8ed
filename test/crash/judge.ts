import { isDeepStrictEqual } from "node:util";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { persist } from "../../src/engine/machine.ts";
import { replay } from "../../src/engine/replay.ts";
import { RunbookError } from "../../src/model/error.ts";
import { isOf } from "../../src/model/event.ts";
import { toJson } from "../../src/model/json.ts";
import { parseNotes } from "../../src/model/head-note.ts";
import { verifyRecord } from "../../src/model/verify.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { openBlobs } from "../../src/store/blobs.ts";
import { openDatabase } from "../../src/store/database.ts";
import { findKey } from "../../src/store/key.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { storedLog } from "../../src/store/stored-rows.ts";
import { createWorld, everything } from "../support/external-world.ts";
import type { Acknowledged } from "./recording.ts";

/** What the engine had told before the power went: the newest stored event, and the newest that is in the anchor, too. */
export interface Told {
  readonly stored: Acknowledged | undefined;
  readonly anchored: Acknowledged | undefined;
}

/** Whether a disk after a power cut holds what it has to: `lost` when something acknowledged is gone. */
export type Verdict =
  | { readonly type: "sound"; readonly events: number }
  | { readonly type: "lost" | "broken"; readonly why: string };

/** Looks at what a power cut left in `dir`, as the engine would when it comes back. */
export type Judge = (dir: string, told: Told) => Promise<Verdict>;

/** What follows from the events up to a head, whatever disk they are on. */
interface Consequences {
  readonly fault: string | null;
  /** The evidence that they name. */
  readonly digests: ReadonlySet<string>;
}

export function createJudge(): Judge {
  const runbook = everything(createWorld("nowhere"));
  // The same events have the same consequences in every state.
  const known = new Map<string, Consequences>();
  return async (dir, { stored, anchored }) => {
    let store: Store;
    const file = path.join(dir, "state.db");
    try {
      store = openStore({
        file,
        anchors: path.join(dir, "anchors"),
        now: () => new Date(),
        isAlive: () => true,
      });
    } catch (error) {
      const isRolledBack = error instanceof RunbookError && error.code === "STATE_ROLLED_BACK";
      return { type: isRolledBack ? "lost" : "broken", why: `it does not open: ${String(error)}` };
    }
    try {
      const head = store.log.head();
      if (stored !== undefined && store.log.hashAt(stored.seq) !== stored.hash)
        return { type: "lost", why: `event ${stored.seq} is gone, the head is ${head.seq}` };
      const broken = anchorFault(store, anchored) ?? recordFault(store);
      if (broken !== null) return { type: "broken", why: broken };
      const consequences = known.get(head.hash) ?? consequencesOf(store, runbook);
      known.set(head.hash, consequences);
      const fault = consequences.fault ?? (await evidenceFault(store, consequences.digests));
      return fault === null ? { type: "sound", events: head.seq } : { type: "broken", why: fault };
    } finally {
      store.close();
    }
  };
}

/** What was promised to be noted outside of the database is there. */
function anchorFault({ anchor, log }: Store, anchored: Acknowledged | undefined): string | null {
  if (anchored === undefined) return null;
  const text = existsSync(anchor.file) ? readFileSync(anchor.file, "utf8") : "";
  const { notes } = parseNotes(text, log.id);
  const isThere = notes.some(({ seq, hash }) => seq === anchored.seq && hash === anchored.hash);
  if (!isThere) return `the anchor has lost event ${anchored.seq}`;
  const signed = notes.findLast((note) => note.signed !== null)?.signed;
  const isKeyThere = signed?.fingerprint === findKey(anchor.keyFile, log.id)?.fingerprint;
  return isKeyThere ? null : "the key that signed the anchor is gone";
}

/** What SQLite and the chain have to say. */
function recordFault({ file, log }: Store): string | null {
  const db = openDatabase(file);
  try {
    const sound: unknown = db.pragma("integrity_check", { simple: true });
    if (sound !== "ok") return `integrity_check says ${String(sound)}`;
    const { before, rows } = storedLog(db, file);
    const { checks } = verifyRecord(rows, { log: log.id, before, runs: [] });
    const failed = checks.find(({ verdict }) => verdict === "fail");
    return failed === undefined ? null : `it is not true that ${failed.name}: ${failed.detail}`;
  } finally {
    db.close();
  }
}

/** Every evidence file that an event names is there. */
async function evidenceFault(store: Store, digests: ReadonlySet<string>): Promise<string | null> {
  const blobs = openBlobs(store);
  for (const digest of digests) {
    const found = await blobs.get(digest).catch((error: unknown) => error);
    if (found instanceof Error) return `an event names evidence that is not there: ${found.message}`;
  }
  return null;
}

function consequencesOf(store: Store, runbook: Runbook): Consequences {
  const events = store.list({ open: false, limit: 1_000 }).flatMap(({ run }) => store.log.events(run));
  const digests = events.flatMap(({ artifacts }) => (artifacts ?? []).map(({ sha256 }) => sha256));
  return { fault: replayFault(store, runbook), digests: new Set(digests) };
}

/** The events lead somewhere, and to what is kept as the state. */
function replayFault(store: Store, runbook: Runbook): string | null {
  for (const { run } of store.list({ open: false, limit: 1_000 })) {
    const events = store.log.events(run);
    const [first] = events;
    if (first === undefined || !isOf(first, "run.started")) return `run ${run} does not begin with its start`;
    const own = runbook.family.get(first.data.runbook.id);
    if (own === undefined) return `run ${run} has a runbook that nobody knows`;
    try {
      const { snapshot } = replay(own, events);
      const kept = store.snapshot(run);
      const isSame =
        kept === undefined || isDeepStrictEqual(JSON.parse(kept.json), toJson(persist(own, snapshot)));
      if (!isSame && kept?.rseq === events.length)
        return `run ${run} replays to another state than the one kept`;
    } catch (error) {
      return `run ${run} does not replay: ${String(error)}`;
    }
  }
  return null;
}
