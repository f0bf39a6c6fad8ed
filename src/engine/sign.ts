import { RunbookError } from "../model/error.ts";
import { isOf, type Actor, type Draft, type RunEvent } from "../model/event.ts";
import { summarise } from "../model/summary.ts";

export interface SignRequest {
  /** The first digits of the head hash that the person read. */
  readonly sha: string;
  readonly reason: string;
  readonly actor: Actor;
}

/** What a sign-off of these events names: the newest, whose hash stands for all before it. */
export function headOf(family: readonly (readonly RunEvent[])[]): RunEvent {
  const head = inOrder(family).at(-1);
  if (head === undefined) throw new RunbookError("RECORD_BROKEN", "A run without events cannot be signed.");
  return head;
}

/**
 * The event by which a person signs an ended run, the first of the family, with its child runs. Throws `RUN_NOT_ENDED`,
 * `SIGNER_NOT_A_PERSON`, `SIGN_OFF_STALE` or `REASON_NEEDED`.
 */
export function sign(family: readonly (readonly RunEvent[])[], { sha, reason, actor }: SignRequest): Draft {
  const { run, endedAt, status } = summarise(family[0] ?? []);
  if (endedAt === null)
    throw new RunbookError("RUN_NOT_ENDED", `Run ${run} is ${status}, so there is no whole record to sign.`);
  if (actor.kind !== "human")
    throw new RunbookError(
      "SIGNER_NOT_A_PERSON",
      `${actor.id} (${actor.kind}) cannot sign run ${run}: a sign-off is an act of a person.`,
    );
  const why = reason.trim();
  if (why === "") throw new RunbookError("REASON_NEEDED", `To sign run ${run}, say why.`);
  const { seq, hash } = named(family, sha);
  return { run, type: "record.signedOff", actor, data: { head: { seq, hash }, reason: why } };
}

/** What others signed or handed out in the meantime changes nothing of what was read. */
function named(family: readonly (readonly RunEvent[])[], sha: string): RunEvent {
  const events = inOrder(family);
  const last = events.findLast((event) => !isOf(event, "record.signedOff", "record.exported"));
  const found = events.findLast(({ hash }) => sha !== "" && hash.startsWith(sha.toLowerCase()));
  if (found !== undefined && last !== undefined && found.seq >= last.seq) return found;
  const head = headOf(family);
  throw new RunbookError(
    "SIGN_OFF_STALE",
    `\`${sha}\` is not the head of run ${head.run}'s record: that is ${head.hash.slice(0, 16)} (event ${head.seq}).`,
  );
}

function inOrder(family: readonly (readonly RunEvent[])[]): readonly RunEvent[] {
  return family.flat().toSorted((one, other) => one.seq - other.seq);
}
