import type { RunEvent } from "../../model/event.ts";
import type { Blobs } from "../../store/blobs.ts";

/** Where a text was found: an event, or a file of its evidence. */
export interface TextMatch {
  readonly rseq: number;
  readonly where: string;
}

/** Where these events, or what they left as evidence, contain a text in any case. */
export async function placesOf(
  events: readonly RunEvent[],
  text: string,
  blobs: Blobs,
): Promise<readonly TextMatch[]> {
  const needle = text.toLowerCase();
  const places: TextMatch[] = [];
  for (const { rseq, type, data, actor, artifacts } of events) {
    if (contains([data, actor.id], needle)) places.push({ rseq, where: type });
    for (const { name, sha256 } of artifacts) {
      const bytes = await blobs.get(sha256).catch(() => new Uint8Array());
      if (Buffer.from(bytes).toString().toLowerCase().includes(needle)) places.push({ rseq, where: name });
    }
  }
  return places;
}

/** Whether a string anywhere in a value contains the text: what a person reads, not how JSON spells it. */
function contains(value: unknown, needle: string): boolean {
  if (typeof value === "string") return value.toLowerCase().includes(needle);
  if (typeof value !== "object" || value === null) return String(value) === needle;
  return Object.values(value).some((inside) => contains(inside, needle));
}
