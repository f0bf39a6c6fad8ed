import { createHash } from "node:crypto";
import { counted } from "../model/counted.ts";
import { isOf, type RunEvent } from "../model/event.ts";
import type { Check } from "../model/verify.ts";
import type { OwnEvent, Submission } from "./submission.ts";

/** Digests that events name: evidence files, and the texts of the runbooks that a run went by. */
export function digestsOf(events: readonly RunEvent[]): {
  readonly blobs: readonly string[];
  readonly runbooks: readonly string[];
} {
  const blobs = events.flatMap(({ artifacts }) => artifacts.map(({ sha256 }) => sha256));
  const runbooks = events.flatMap((event) => {
    if (isOf(event, "run.started")) return [event.data.runbook.source];
    return isOf(event, "run.migrated") ? [event.data.to.source] : [];
  });
  return { blobs: [...new Set(blobs)], runbooks: [...new Set(runbooks)] };
}

/** Every file that an event names is there and has the digest that names it. */
export async function fileChecks(
  { form, file }: Submission,
  own: readonly OwnEvent[],
): Promise<readonly Check[]> {
  const named = digestsOf(own.flatMap(({ event }) => event ?? []));
  const look = async (kind: "blobs" | "runbooks", name: string): Promise<Check> => {
    const digests = named[kind];
    if (form === "lines") return { name, verdict: "unknown", detail: "only the events are here" };
    for (const digest of digests) {
      const bytes = await file(kind, digest);
      const found = bytes === null ? "nothing" : createHash("sha256").update(bytes).digest("hex");
      if (found !== digest) return { name, verdict: "fail", detail: `expected ${digest}, got ${found}` };
    }
    if (digests.length > 0)
      return {
        name,
        verdict: "pass",
        detail: counted(digests.length, "file"),
      };
    return { name, verdict: "unknown", detail: "no event that can be read names one" };
  };
  return [
    await look("blobs", "each evidence file has its digest"),
    await look("runbooks", "the runbook's text is the one that was pinned"),
  ];
}
