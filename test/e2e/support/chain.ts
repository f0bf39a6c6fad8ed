/** Runs that are interrupted again and again until they are over. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { RunEvent } from "../../../src/model/event.ts";
import { compare, effectsOf } from "./ledger.ts";
import type { Ended, Failpoints, Place } from "./place.ts";

export interface Chained {
  /** How each engine ended, the last one included. */
  readonly engines: readonly Ended[];
  /** Where they were interrupted. */
  readonly places: readonly string[];
  /** The type of the root run's last event. */
  readonly end: string | undefined;
}

/** Starts the run and resumes it, each time with an engine that ends at the next place, until the run has ended. */
export async function chain(place: Place, failpoints: Omit<Failpoints, "seen">): Promise<Chained> {
  const seen = path.join(place.dir, "seen");
  const engines: Ended[] = [];
  for (let words = place.words; ; words = wordsAfter(place)) {
    const ended = await place.start(words, { ...failpoints, seen }).ended;
    engines.push(ended);
    if (!wasInterrupted(ended) || isOver(place.events())) break;
  }
  return { engines, places: placesIn(seen), end: rootEvents(place.events()).at(-1)?.type };
}

/** Starts the run with an engine that ends at one turn, and resumes it without any more trouble. */
export async function interruptOnce(place: Place, failpoints: Omit<Failpoints, "seen">): Promise<Chained> {
  const seen = path.join(place.dir, "seen");
  const first = await place.start(place.words, { ...failpoints, seen }).ended;
  const isDone = !wasInterrupted(first) || isOver(place.events());
  const engines = isDone ? [first] : [first, await place.start(wordsAfter(place)).ended];
  return { engines, places: placesIn(seen), end: rootEvents(place.events()).at(-1)?.type };
}

/** Before its first event there is no run to resume. */
export function wordsAfter(place: Place): readonly string[] {
  return place.events().length === 0 ? place.words : ["resume", "--auto"];
}

function placesIn(seen: string): readonly string[] {
  return existsSync(seen) ? readFileSync(seen, "utf8").trim().split("\n") : [];
}

function wasInterrupted({ code, signal }: Ended): boolean {
  return signal !== null || code === 130 || code === 143;
}

function isOver(events: readonly RunEvent[]): boolean {
  return rootEvents(events).some(({ type }) =>
    ["run.succeeded", "run.failed", "run.cancelled"].includes(type),
  );
}

export function rootEvents(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.filter(({ run }) => run === events[0]?.run);
}

/** Says in figures what an interrupted run did to the world. */
export async function tell(what: string, place: Place, { engines }: Chained): Promise<void> {
  const { doubled, missing } = compare(effectsOf(await place.ledger()));
  process.stderr.write(
    `\n${what}: ${engines.length - 1} interruptions, ${doubled} effects doubled, ${missing} missing\n`,
  );
}
