import type { Artifact, RunEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";

/** What stands where something was withheld. */
const withheldWord = "[withheld]";

/** What people or the world said, by the name under which events hold it. */
const spokenFields = new Set([
  "reason",
  "note",
  "text",
  "title",
  "describe",
  "message",
  "choice",
  "owner",
  "why",
  "identity",
]);
/** What steps, forms and gates hold. */
const heldFields = new Set([
  "input",
  "values",
  "shown",
  "target",
  "tools",
  "failure",
  "options",
  "leftRunning",
]);

/** The event without what it says: its names, digests, numbers and verdicts stay, so that it keeps its place. */
export function blanked(event: RunEvent): RunEvent {
  const artifacts: readonly Artifact[] = [];
  const data = Object.fromEntries(
    Object.entries(event.data).map(([name, value]) => [name, blank(event.type, name, value as Json)]),
  );
  return { ...event, data, artifacts } as unknown as RunEvent;
}

function blank(type: string, name: string, value: Json): Json {
  if (name === "output") return withheldWord;
  if (name === "failure") return { code: "WITHHELD", message: withheldWord, hint: "", data: {} };
  // Why a gate closed is one of a few words of the engine.
  if (spokenFields.has(name) && type !== "gate.closed") return value === null ? null : withheldWord;
  if (!heldFields.has(name)) return value;
  if (name === "target") return null;
  return Array.isArray(value) ? [] : {};
}
