import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createDisk } from "./disk.ts";
import { cutOf, fateOf } from "./fate.ts";
import { createJudge, type Told, type Verdict } from "./judge.ts";
import type { Entry } from "./recording.ts";

/** What became of the states after so many power cuts. */
export interface Swept {
  readonly states: number;
  readonly failures: readonly Failure[];
  /** States in which something acknowledged was gone, and in how many nothing had been acknowledged yet. */
  readonly lost: number;
  readonly early: number;
  /** The most acknowledged events that one state had lost or kept. */
  readonly events: number;
}

export interface Failure {
  readonly state: number;
  readonly point: number;
  readonly verdict: Verdict;
}

export interface Sweep {
  readonly seed: number;
  readonly states: number;
  /** Only this state, to look at a failure again. */
  readonly only?: number;
  /** Where the state is left for a look; otherwise nothing stays. */
  readonly keep?: string;
}

/** Cuts the power at each point of a recording and judges what is left. */
export async function sweep(entries: readonly Entry[], { seed, states, only, keep }: Sweep): Promise<Swept> {
  const points = entries.length + 1;
  const all = Array.from({ length: states }, (_, state) => ({ state, ...cutOf(state, points, states) }));
  const cuts = all
    .filter(({ state }) => only === undefined || state === only)
    .toSorted((a, b) => a.point - b.point);
  const memory = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const base = mkdtempSync(path.join(memory, "runwright-cut-"));
  const [disk, judge] = [createDisk(), createJudge()];
  let told: Told = { stored: undefined, anchored: undefined };
  const failures: Failure[] = [];
  let [applied, early, events] = [0, 0, 0];
  try {
    for (const { state, point, kind } of cuts) {
      for (const entry of entries.slice(applied, point)) {
        disk.apply(entry);
        told = toldAfter(told, entry);
      }
      applied = point;
      const dir = keep ?? path.join(base, String(state));
      disk.cut(dir, fateOf(seed, state, kind));
      const verdict = await judge(dir, told).catch(threw);
      if (verdict.type !== "sound") failures.push({ state, point, verdict });
      else events = Math.max(events, verdict.events);
      if (told.stored === undefined) early += 1;
      if (keep === undefined) rmSync(dir, { recursive: true });
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  const lost = failures.filter(({ verdict }) => verdict.type === "lost").length;
  return { states: cuts.length, failures, lost, early, events };
}

function toldAfter(told: Told, entry: Entry): Told {
  if (entry.type !== "acknowledge") return told;
  return { stored: entry, anchored: entry.isAnchored ? entry : told.anchored };
}

function threw(error: unknown): Verdict {
  return { type: "broken", why: `it cannot be read: ${String(error)}` };
}
