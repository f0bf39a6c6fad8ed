import type { Draft } from "../model/event.ts";
import type { Workspace } from "./workspace.ts";

/** Appends an event that depends on no other, without the secrets that are known. */
export function append({ store, redactor }: Pick<Workspace, "store" | "redactor">, draft: Draft): void {
  const drafts = [redactor.json(draft as never)];
  store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
}
