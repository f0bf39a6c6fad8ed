import { isOf, type Artifact, type RunEvent } from "./event.ts";
import { stepOfGate } from "./state-ids.ts";

/** Evidence, and who left it: an attempt of a step, or a person with an answer. */
export interface EventEvidence {
  readonly run: string;
  readonly step: string;
  /** Null where a person attached it. */
  readonly attempt: number | null;
  /** Of the event that names it. */
  readonly seq: number;
  readonly rseq: number;
  readonly artifacts: readonly Artifact[];
}

/** The evidence that an event names, or null. */
export function evidenceOf(event: RunEvent): EventEvidence | null {
  const { run, seq, rseq, artifacts } = event;
  if (artifacts.length === 0) return null;
  if (isOf(event, "step.succeeded", "step.failed", "step.cancelled", "step.inDoubt")) {
    const { step, attempt } = event.data;
    return { run, step, attempt, seq, rseq, artifacts };
  }
  if (isOf(event, "approval.granted", "approval.denied", "decision.made"))
    return { run, step: stepOfGate(event.data.gate), attempt: null, seq, rseq, artifacts };
  return null;
}

/** What a person attached to an answer, in words; nothing when they attached nothing. */
export function attachedTo({ artifacts }: Pick<RunEvent, "artifacts">): string {
  return artifacts.length === 0 ? "" : `, with ${artifacts.map(({ name }) => name).join(", ")}`;
}
