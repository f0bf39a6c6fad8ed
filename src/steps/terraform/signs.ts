import { hostname } from "node:os";
import { z } from "zod";
import { formatMilliseconds } from "../../model/duration.ts";
import type { LockLook } from "./lock.ts";
import type { TerraformProcess } from "./processes.ts";

const Verdict = z.enum(["alive", "dead", "unknown"]);

export const Sign = z.strictObject({ sign: z.string(), verdict: Verdict, detail: z.string() });
export type Sign = z.output<typeof Sign>;
export const Conclusion = Verdict;

/** Terraform writes the lock within about a second of its start; clocks count in hundredths. */
const slack = 2_000;
/** Terraform saves the state at most every 20 s while it applies, and only when a resource is finished. */
const recently = 120_000;

/** What speaks for or against the holder being alive. Age alone proves nothing: an apply may be silent for an hour. */
export function signsOfLife(
  first: LockLook,
  last: LockLook,
  processes: readonly TerraformProcess[] | undefined,
): readonly Sign[] {
  return [ofProcess(last, processes), ofState(last), ofAge(last), ...ofWatching(first, last)];
}

/** One living sign outweighs the others: unlocking under a living holder loses its work. */
export function conclude(signs: readonly Sign[]): z.output<typeof Verdict> {
  if (signs.some(({ verdict }) => verdict === "alive")) return "alive";
  return signs.some(({ verdict }) => verdict === "dead") ? "dead" : "unknown";
}

function ofProcess({ lock }: LockLook, processes: readonly TerraformProcess[] | undefined): Sign {
  const sign = "process";
  const host = lock?.who?.split("@").at(-1);
  if (host === undefined) return { sign, verdict: "unknown", detail: "The record does not name the holder." };
  if (host !== hostname()) {
    return { sign, verdict: "unknown", detail: `The holder is on ${host}; this is ${hostname()}.` };
  }
  if (processes === undefined || lock?.created == null) {
    return {
      sign,
      verdict: "unknown",
      detail: "The processes of this host cannot be compared with the lock.",
    };
  }
  const taken = Date.parse(lock.created);
  const older = processes.find(({ started }) => started.getTime() <= taken + slack);
  if (older === undefined) {
    return { sign, verdict: "dead", detail: "No terraform on this host is as old as the lock." };
  }
  const detail = `Terraform runs on this host since before the lock was taken, as process ${older.pid}.`;
  return { sign, verdict: "alive", detail };
}

function ofState({ lock, stateModified, at }: LockLook): Sign {
  const sign = "state";
  if (stateModified === null) return { sign, verdict: "unknown", detail: "No state was ever written." };
  if (lock?.created == null) {
    return { sign, verdict: "unknown", detail: `The state was written at ${stateModified.toISOString()}.` };
  }
  const ago = at.getTime() - stateModified.getTime();
  // S3 tells whole seconds.
  if (stateModified.getTime() + 1_000 <= Date.parse(lock.created)) {
    return { sign, verdict: "unknown", detail: "The holder has not written the state." };
  }
  const detail = `The state was written ${formatMilliseconds(Math.max(0, ago))} ago, after the lock was taken.`;
  return { sign, verdict: ago < recently ? "alive" : "unknown", detail };
}

function ofAge({ lock, at }: LockLook): Sign {
  const age = ageOf(lock?.created ?? null, at);
  const detail =
    age === null ? "The record does not say since when." : `Held for ${formatMilliseconds(age * 1_000)}.`;
  return { sign: "age", verdict: "unknown", detail };
}

function ofWatching(first: LockLook, last: LockLook): readonly Sign[] {
  if (first === last) return [];
  const watched = formatMilliseconds(last.at.getTime() - first.at.getTime());
  if (hasChanged(first, last)) {
    return [{ sign: "watch", verdict: "alive", detail: `The lock or the state changed within ${watched}.` }];
  }
  return [{ sign: "watch", verdict: "unknown", detail: `Nothing changed within ${watched}.` }];
}

/** Whether lock or state differ between two looks. */
export function hasChanged(first: LockLook, last: LockLook): boolean {
  return (
    first.lock?.id !== last.lock?.id ||
    first.lock?.created !== last.lock?.created ||
    first.stateTag !== last.stateTag
  );
}

/** Whole seconds; never negative, whatever the clocks of two hosts say. */
export function ageOf(created: string | null, now: Date): number | null {
  return created === null ? null : Math.max(0, Math.floor((now.getTime() - Date.parse(created)) / 1_000));
}
