import { evaluate } from "../loader/evaluate.ts";
import { RunbookError } from "../model/error.ts";
import { isOf, type PinnedRunbook, type RunEvent } from "../model/event.ts";
import type { Runbook } from "../runbook/types.ts";
import type { Blobs } from "../store/blobs.ts";
import type { SourceMaps } from "../store/source-maps.ts";

/** Finds the runbook in the text that a run keeps; each text is read and evaluated once. */
export function pinnedRunbooks(
  blobs: Pick<Blobs, "get">,
  { maps, builtIn }: { readonly maps?: SourceMaps; readonly builtIn?: (name: string) => unknown } = {},
): (pinned: PinnedRunbook) => Promise<Runbook> {
  const texts = new Map<string, Promise<Runbook>>();
  return async ({ id, source }) => {
    const loading =
      texts.get(source) ??
      blobs
        .get(source)
        .then((bytes) =>
          evaluate(Buffer.from(bytes).toString(), `${id}.ts`, { map: maps?.find(source), builtIn }),
        );
    texts.set(source, loading);
    const runbook = (await loading).family.get(id);
    if (runbook !== undefined) return runbook;
    throw new RunbookError(
      "RECORD_BROKEN",
      `The pinned source ${source.slice(0, 12)} has no runbook \`${id}\`.`,
    );
  };
}

/** The texts that these events went by, in the order in which they took over. */
export function pinsOf(events: readonly RunEvent[]): readonly PinnedRunbook[] {
  return events.flatMap((event): readonly PinnedRunbook[] => {
    if (isOf(event, "run.started")) return [event.data.runbook];
    return isOf(event, "run.migrated") ? [event.data.to] : [];
  });
}

/** Every runbook that these events went by, for whoever cannot wait. */
export async function runbooksOf(
  runs: readonly (readonly RunEvent[])[],
  load: (pinned: PinnedRunbook) => Promise<Runbook>,
): Promise<(pinned: PinnedRunbook) => Runbook> {
  const loaded = new Map<string, Runbook>();
  for (const pin of pinsOf(runs.flat())) loaded.set(`${pin.source}/${pin.id}`, await load(pin));
  return ({ id, source }) => {
    const runbook = loaded.get(`${source}/${id}`);
    if (runbook !== undefined) return runbook;
    throw new RunbookError("RECORD_BROKEN", `No event names runbook \`${id}\` (${source.slice(0, 12)}).`);
  };
}
