import { randomFrom } from "../redact/random.ts";
import type { Fate } from "./disk.ts";

/** One power cut: the entry of the recording before which it comes, and what the disk forgets. */
export interface Cut {
  readonly point: number;
  readonly kind: "forgetful" | "random";
}

/**
 * Each point of a recording in turn: first with a disk that keeps nothing which was not synced, then with disks that
 * keep any part of it. With fewer states than points, the points are spread.
 */
export function cutOf(state: number, points: number, states: number): Cut {
  const round = Math.floor(state / points);
  const point = states < points ? Math.floor((state * points) / states) : state % points;
  const kind = (states < points ? state % 2 : round) === 0 ? "forgetful" : "random";
  return { point, kind };
}

/** What the disk forgets in this state, always the same for the same seed and state. */
export function fateOf(seed: number, state: number, kind: Cut["kind"]): Fate {
  if (kind === "forgetful") return { names: () => 0, write: () => "lost", sector: () => false };
  const random = randomFrom(seed * 1_000_003 + state * 7_919 + 1);
  // The first numbers of neighbouring seeds are alike.
  for (let skipped = 0; skipped < 8; skipped += 1) random(2);
  const keeping = [5, 50, 95][random(3)] ?? 50;
  const tearing = [0, 20][random(2)] ?? 0;
  const isPrefix = random(3) === 0;
  let from = -1;
  return {
    names: (count) => random(count + 1),
    write: (index, count) => {
      // A disk that writes in order and stops.
      if (index === 0) from = random(count + 1);
      if (isPrefix) return index < from ? "kept" : index === from ? "torn" : "lost";
      if (random(100) < tearing) return "torn";
      return random(100) < keeping ? "kept" : "lost";
    },
    sector: () => random(2) === 0,
  };
}
