import { RunbookError } from "../model/error.ts";
import { rests, type RunSummary } from "../model/summary.ts";
import type { Lease } from "../store/leases.ts";
import type { Store } from "../store/store.ts";
import { summaryOf } from "./find-run.ts";
import { engineOf } from "./run-status.ts";

/** Throws `TARGET_HELD` when an unfinished run acts on this target; one that rests until a time lets others have it. */
export function refuseHeldTarget(store: Store, key: string): void {
  for (const { run } of store.openOnTarget(key)) {
    const holder = summaryOf(store, run);
    if (!rests(holder)) throw targetHeld(holder, engineOf(store, run), key);
  }
}

function targetHeld(holder: RunSummary, engine: Lease | null, key: string): RunbookError {
  const { run, requester, startedAt: since } = holder;
  const driver = engine?.owner;
  const by =
    driver === undefined
      ? ", nobody drives it"
      : `, driven by ${driver.user} on ${driver.host} (pid ${driver.pid})`;
  const what = `Run ${run} (\`${holder.start.runbook.id}\`, started ${since} by ${requester}${by})`;
  const end = `or end it: runwright cancel ${run} --reason "..."`;
  return new RunbookError("TARGET_HELD", `${what} is unfinished on ${key}.`, {
    data: { run, since, requester, driven: engine !== null },
    hint:
      engine === null
        ? `Continue with it: runwright resume ${run}   ${end}`
        : `Watch it: runwright status ${run}   ${end}`,
  });
}
