import { parsedJson } from "../../model/json-read.ts";
import { z } from "zod";

/** Who holds a state lock, as terraform writes it down; null where the record does not say. */
export const LockRecord = z.strictObject({
  id: z.string().nullable(),
  who: z.string().nullable(),
  operation: z.string().nullable(),
  version: z.string().nullable(),
  /** When it was taken: UTC, ISO 8601. */
  created: z.string().nullable(),
  path: z.string().nullable(),
});

export type LockRecord = z.output<typeof LockRecord>;

const Stored = z.looseObject({
  ID: z.string().default(""),
  Who: z.string().default(""),
  Operation: z.string().default(""),
  Version: z.string().default(""),
  Created: z.string().default(""),
  Path: z.string().default(""),
});

const nothing: LockRecord = {
  id: null,
  who: null,
  operation: null,
  version: null,
  created: null,
  path: null,
};

/** Reads the lock object's text; one that cannot be read still is a lock, of an unknown holder. */
export function fromObject(text: string): LockRecord {
  const stored = Stored.safeParse(parsedJson(text)).data;
  if (stored === undefined) return nothing;
  return {
    id: stored.ID || null,
    who: stored.Who || null,
    operation: stored.Operation || null,
    version: stored.Version || null,
    created: toIso(stored.Created),
    path: stored.Path || null,
  };
}

/** Reads the `Lock Info:` block of terraform's error message, or gives undefined when there is none. */
export function fromMessage(text: string): LockRecord | undefined {
  if (!/^Lock Info:$/m.test(text)) return undefined;
  const value = (name: string) => new RegExp(`^ +${name}: +(\\S.*)$`, "m").exec(text)?.[1]?.trim() || null;
  return {
    id: value("ID"),
    who: value("Who"),
    operation: value("Operation"),
    version: value("Version"),
    created: toIso(value("Created") ?? ""),
    path: value("Path"),
  };
}

/** `2026-11-22 19:05:01.087371568 +0000 UTC`, as Go prints a time, or RFC 3339; Go's zero time means unknown. */
function toIso(text: string): string | null {
  const time = new Date(text.replace(/^(\S+) (\S+) \+0000 UTC$/, "$1T$2Z"));
  return Number.isNaN(time.getTime()) || time.getUTCFullYear() < 2000 ? null : time.toISOString();
}

/** Who holds it, in words. */
export function holder({ who, operation, created }: LockRecord): string {
  const what = operation === null ? "" : ` (${operation.replace(/^OperationType/, "").toLowerCase()})`;
  return `${who ?? "an unknown holder"}${what}${created === null ? "" : ` since ${created}`}`;
}
