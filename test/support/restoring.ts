/** Engines that keep nothing but the stored events from one turn to the next. */
import type { DriveOptions } from "../../src/engine/drive.ts";
import { replayTree } from "../../src/engine/run-tree.ts";
import type { Host } from "../../src/engine/host.ts";

type CarryOver = NonNullable<DriveOptions["carryOver"]>;

/** Drops the states and makes them anew of the stored events; what others have added since is left to be heard of. */
export function fromEvents(host: Pick<Host, "load">, root: string): CarryOver {
  return async (family) => {
    const { runs } = await host.load(root);
    const known = runs.map(({ runbook, events }) => ({
      runbook,
      events: events.slice(0, family.get(events[0]?.run ?? "")?.rseq ?? 0),
    }));
    return replayTree({ runs: known.filter(({ events }) => events.length > 0) });
  };
}

let isAsked = false;

/** Whether the engines that the tests of this file drive are such ones; `restored.test.ts` tells the same stories so. */
export function restoreAll(asked: boolean): void {
  isAsked = asked;
}

/** How the engines of the file that runs now carry over. */
export function carryOver(host: Pick<Host, "load">, root: string): Pick<DriveOptions, "carryOver"> {
  return isAsked ? { carryOver: fromEvents(host, root) } : {};
}
