import { replayFamily, type Family } from "./family.ts";
import type { Loaded } from "./host.ts";

/** The same states, made anew from the stored events; what others have added since is left to be heard of. */
export function restored(family: Family, { runs }: Loaded): Family {
  const known = runs.map(({ runbook, events }) => ({
    runbook,
    events: events.slice(0, family.get(events[0]?.run ?? "")?.rseq ?? 0),
  }));
  return replayFamily({ runs: known.filter(({ events }) => events.length > 0) });
}
