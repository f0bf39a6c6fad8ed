import { messageOf } from "../model/error.ts";
import type { OwnEvent } from "../audit/submission.ts";
import { differencesOf, type ReplayDifference } from "../engine/recompute.ts";
import type { RunEvent } from "../model/event.ts";
import type { Check } from "../model/verify.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Store } from "../store/store.ts";
import { askReplayer, type ReplayLimits } from "./ask-replayer.ts";

const name = "the runbook's machine comes to the same states";

/** What recomputing needs of a record. */
export interface Replayable {
  readonly store: Pick<Store, "snapshot">;
  readonly blobs: Pick<Blobs, "get">;
  readonly limits?: ReplayLimits;
}

/** What was found, or why nothing could be. */
export type Recomputed =
  | { readonly type: "compared"; readonly differences: readonly ReplayDifference[] }
  | { readonly type: "failed"; readonly why: string }
  | { readonly type: "unasked"; readonly why: string };

/** Recomputes runs on the texts that they are pinned to, which run without rights; what they answer is compared here. */
export async function replayDifferences(
  { store, blobs, limits }: Replayable,
  runs: readonly (readonly RunEvent[])[],
): Promise<Recomputed> {
  const stored = runs.map((events) => ({ events, snapshot: store.snapshot(events[0]?.run ?? "") }));
  const snapshots = Object.fromEntries(
    stored.flatMap(({ events: [first], snapshot }) =>
      first === undefined || snapshot === undefined ? [] : [[first.run, snapshot.rseq]],
    ),
  );
  const answer = await askReplayer("derivations", { runs, blobs, snapshots, limits });
  if (answer.type !== "derivations") return answer;
  const { derivations } = answer;
  if (derivations.length !== runs.length)
    return { type: "failed", why: "the runbook's code: it did not answer for each run" };
  const differences = stored.flatMap((one, index) => {
    const derivation = derivations[index];
    return derivation === undefined ? [] : differencesOf(one, derivation);
  });
  return { type: "compared", differences };
}

/** Runs the events through their runbooks again and compares with what was stored at the time. */
export async function replayCheck(
  record: Replayable,
  { runs, own }: { readonly runs: readonly (readonly RunEvent[])[]; readonly own: readonly OwnEvent[] },
): Promise<Check> {
  if (own.some(({ event }) => event === null)) return notReplayed("some data is withheld");
  try {
    const found = await replayDifferences(record, runs);
    if (found.type === "unasked") return notReplayed(`the runbook was not run: ${found.why}`);
    if (found.type === "failed") return { name, verdict: "fail", detail: found.why };
    const [first, ...more] = found.differences;
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
