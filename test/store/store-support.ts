import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Batch } from "../../src/engine/host.ts";
import type { Draft } from "../../src/model/event.ts";
import { openStore, type Store, type StoreOptions } from "../../src/store/store.ts";
import { beginning } from "../support/made-events.ts";
import { ana } from "../support/world-free.ts";

export function place(): { readonly dir: string; readonly file: string; readonly anchors: string } {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-store-"));
  return { dir, file: path.join(dir, "state.db"), anchors: path.join(dir, "anchors") };
}

export function openAt(
  at: { readonly file: string; readonly anchors: string },
  more: Partial<StoreOptions> = {},
): Store {
  return openStore({ ...at, now: () => new Date(), isAlive: () => true, ...more });
}

export function started(run: string): Draft {
  return { run, type: "run.started", actor: ana, data: beginning };
}

export function noted(run: string, note = "again"): Draft {
  return { run, type: "run.resumed", actor: ana, data: { note } };
}

export function turn(...drafts: readonly Draft[]): Batch {
  return { drafts, seen: new Map(), snapshots: new Map() };
}

/** Appends, and notes the head as a host does. */
export function appendNoted(store: Store, ...drafts: readonly Draft[]): void {
  store.log.append(turn(...drafts), null);
  store.anchor.note(store.log.head(), false);
}
