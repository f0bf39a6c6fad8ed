import { RunbookError } from "../../model/error.ts";
import type { Artifact } from "../../model/event.ts";
import type { EventEvidence } from "../../model/event-evidence.ts";
import { viewOf } from "../../model/run-view.ts";
import { summarise } from "../../model/summary.ts";
import type { RunRow, Store } from "../../store/store.ts";
import { runTreeOf } from "../../runs/find-run.ts";
import { attemptsNamed } from "./attempts-named.ts";

/** An artifact, and who left it. */
export interface EvidenceFile {
  readonly by: EventEvidence;
  readonly artifact: Artifact;
}

/** What a run and its child runs left, in the order in which it was recorded. */
export function evidenceInside(store: Store, { run }: RunRow): readonly EventEvidence[] {
  const left = runTreeOf(store, run).flatMap(({ events }) => viewOf(events).kept);
  return left.toSorted((one, other) => one.seq - other.seq);
}

/** Each artifact with who left it. */
export function artifactsOf(left: readonly EventEvidence[]): readonly EvidenceFile[] {
  return left.flatMap((by) => by.artifacts.map((artifact) => ({ by, artifact })));
}

/** A step that the run lists may still come; for any other, throws naming those that there are. */
export function requireStep(step: string, store: Store, { run }: RunRow): void {
  const events = store.log.events(run);
  const { start } = summarise(events);
  if (!start.steps.some((listed) => listed.step === step)) evidenceAt(step, store, { run });
}

/** Throws naming the steps that there are, when it is none of them. */
export function evidenceAt(
  step: string,
  store: Store,
  { run }: Pick<RunRow, "run">,
): readonly EventEvidence[] {
  const events = store.log.events(run);
  const kept = viewOf(events).kept.filter((one) => one.step === step);
  if (kept.length === 0) attemptsNamed(run, events, step);
  return kept;
}

/** The artifacts of this name; throws naming those that there are. */
export function namedOnly(all: readonly EvidenceFile[], name: string): readonly EvidenceFile[] {
  const found = all.filter(({ artifact }) => artifact.name === name);
  if (found.length > 0) return found;
  const known = [...new Set(all.map(({ artifact }) => artifact.name))].join(", ");
  throw new RunbookError("USAGE", `There is no artifact \`${name}\` (there are: ${known || "none"}).`, {
    hint: "Use one of the names that the message lists.",
  });
}
