import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../store/store.ts";

/** How often the log is looked at, in milliseconds; a look costs some microseconds. */
const pause = 200;

/** Calls `look` at once and whenever something has been added to the log, until it says that no more will come. */
export async function follow(
  store: Pick<Store, "lastSeq">,
  look: () => Promise<"more" | "over">,
): Promise<void> {
  for (let seen = -1; ; await sleep(pause)) {
    const newest = store.lastSeq();
    if (newest === seen) continue;
    seen = newest;
    if ((await look()) === "over") return;
  }
}
