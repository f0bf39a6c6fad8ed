import { RunbookError } from "./error.ts";

/** A length of time as people write it: `500ms`, `30s`, `10m`, `24h`, `2d`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const shape = /^(\d+)(ms|s|m|h|d)$/;

export function isDuration(text: string): text is Duration {
  return shape.test(text);
}

/** Milliseconds of a duration. */
export function toMilliseconds(duration: string): number {
  const [, amount, unit] = shape.exec(duration) ?? [];
  if (amount === undefined || !isUnit(unit)) {
    throw new RunbookError("INPUT_MALFORMED", `\`${duration}\` is not a duration such as 30s, 10m or 24h.`);
  }
  return Number(amount) * milliseconds[unit];
}

function isUnit(unit: string | undefined): unit is keyof typeof milliseconds {
  return unit !== undefined && unit in milliseconds;
}

/** Two units at most, for people: `4m12s`, `1.3s`, `26h0m`. */
export function formatMilliseconds(ms: number): string {
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
  return `${Math.floor(seconds / 3_600)}h${String(Math.floor((seconds % 3_600) / 60)).padStart(2, "0")}m`;
}
