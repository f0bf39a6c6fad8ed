/** What a record's runbooks say of its events, asked of a process without rights; see process/confined.ts. */
import path from "node:path";
import { packageRoot } from "../loader/load.ts";
import type { RunEvent } from "../model/event.ts";
import { runConfined } from "../process/confined.ts";
import type { Blobs } from "../store/blobs.ts";
import { pinsOf } from "./pinned.ts";
import { parseAnswer, type ReplayAnswer, type ReplayQuestion } from "./replay-question.ts";

/** How much a runbook may take to be read and folded. */
export interface ReplayLimits {
  readonly timeoutMs: number;
  readonly memoryMiB: number;
}

/** What came of asking: an answer, none that can be used, or nobody who may be asked. */
export type Replayed<Kind extends ReplayAnswer["type"]> =
  | Extract<ReplayAnswer, { readonly type: Kind }>
  | { readonly type: "failed"; readonly why: string }
  | { readonly type: "unasked"; readonly why: string };

interface ReplayedRecord extends Pick<ReplayQuestion, "runs"> {
  readonly blobs: Pick<Blobs, "get">;
  readonly snapshots?: ReplayQuestion["snapshots"];
  readonly limits?: ReplayLimits | undefined;
}

type KindOf = {
  readonly derivations: "derivations";
  readonly states: "states";
  readonly "last states": "states";
  readonly pictures: "pictures";
};

/** Asks one thing of the runbooks that these runs are pinned to; throws `RECORD_BROKEN` when a text is not there. */
export async function askReplayer<Wants extends ReplayQuestion["wants"]>(
  wants: Wants,
  { runs, blobs, snapshots = {}, limits = usualLimits(runs) }: ReplayedRecord,
): Promise<Replayed<KindOf[Wants]>> {
  const texts: Record<string, string> = {};
  for (const { source } of pinsOf(runs.flat()))
    texts[source] ??= Buffer.from(await blobs.get(source)).toString();
  const question: ReplayQuestion = { runs, texts, snapshots, wants };
  const program = path.join(packageRoot(), "dist", "runs", "replayer.cjs");
  const end = await runConfined({ program, input: JSON.stringify(question), ...limits });
  if (end.type === "unconfined") return { type: "unasked", why: end.why };
  if (end.type === "silent") return { type: "failed", why: `the runbook's code: ${end.why}` };
  const answer = parseAnswer(end.text);
  if (answer?.type === "failed") return answer;
  if (answer === null || answer.type !== wants.replace("last ", ""))
    return { type: "failed", why: "the runbook's code: what it said is no answer" };
  return answer as Replayed<KindOf[Wants]>;
}

/** Generous on a machine that does other things, too: an honest record has to pass. */
function usualLimits(runs: readonly (readonly RunEvent[])[]): ReplayLimits {
  return { timeoutMs: 60_000 + 20 * runs.flat().length, memoryMiB: 1_024 };
}
