import type { Actor, RunEvent, EventOf } from "../model/event.ts";
import type { Store } from "../store/store.ts";

type ExportData = EventOf<"record.exported">["data"];

/** Records who gets a copy of what, which must not depend on whether writing it comes to an end. */
export function recordExport(
  store: Store,
  run: string,
  { actor, data }: { readonly actor: Actor; readonly data: ExportData },
): RunEvent {
  const draft = { run, type: "record.exported", actor, data } as const;
  const committed = store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  const [event] = committed.type === "stored" ? committed.events : [];
  if (event === undefined) throw new Error("An append that has seen nothing cannot be behind.");
  store.anchor.note(event, true);
  return event;
}
