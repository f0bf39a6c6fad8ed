import { messageOf } from "../model/error.ts";
import type { OwnEvent } from "../audit/submission.ts";
import type { RunEvent } from "../model/event.ts";
import type { Check } from "../model/verify.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Store } from "../store/store.ts";
import { replayDifferences } from "./pinned.ts";

const name = "the runbook's machine comes to the same states";

/** Runs the events through their runbooks again and compares with what was stored at the time. */
export async function replayCheck(
  store: Pick<Store, "snapshot">,
  blobs: Pick<Blobs, "get">,
  { runs, own }: { readonly runs: readonly (readonly RunEvent[])[]; readonly own: readonly OwnEvent[] },
): Promise<Check> {
  if (own.some(({ event }) => event === null)) return notReplayed("some data is withheld");
  try {
    const [first, ...more] = await replayDifferences(store, blobs, runs);
    if (first === undefined) return { name, verdict: "pass", detail: `${own.length} events` };
    const others = more.length === 0 ? "" : `, and ${more.length} more`;
    const { run, rseq, what, stored, recomputed } = first;
    const detail = `${run}#${rseq} ${what}: expected ${recomputed}, got ${stored}${others}`;
    return { name, verdict: "fail", detail };
  } catch (error) {
    return { name, verdict: "fail", detail: messageOf(error) };
  }
}

/** That it was left out, and why. */
export function notReplayed(detail: string): Check {
  return { name, verdict: "unknown", detail };
}
