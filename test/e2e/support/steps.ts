import { setTimeout as sleep } from "node:timers/promises";
import { isOf, type EventData, type EventType, type RunEvent } from "../../../src/model/event.ts";
import { rootEvents } from "./chain.ts";
import type { Ended, Engine, Place } from "./place.ts";

/** Works in a place and leaves nothing of it running. */
export async function inPlace(place: Place, work: (place: Place) => Promise<void>): Promise<void> {
  try {
    await work(place);
  } finally {
    await place.close();
  }
}

/** Waits until the database holds an event that `matches`, and gives it; fails when the engine ends before. */
export async function eventually<T extends EventType>(
  place: Place,
  engine: Engine,
  type: T,
  matches: (data: EventData[T]) => boolean = () => true,
): Promise<RunEvent> {
  let ended: Ended | undefined;
  void engine.ended.then((end) => (ended = end));
  for (;;) {
    const isLast = ended !== undefined;
    const found = place.events().find((event) => isOf(event, type) && matches(event.data as EventData[T]));
    if (found !== undefined) return found;
    if (isLast) throw new Error(`The engine ended without ${type}: ${JSON.stringify(ended)}`);
    await sleep(10);
  }
}

/** Waits until something that is looked at again and again is there. */
export async function seen<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(10);
  }
}

/** The gates that are open in the database. */
export function openGates(place: Place): readonly EventData["gate.opened"][] {
  const closing = ["approval.granted", "approval.denied", "decision.made", "input.given", "gate.closed"];
  const events = place.events();
  return events.flatMap((event, index) => {
    if (!isOf(event, "gate.opened")) return [];
    const isClosed = events
      .slice(index)
      .some(
        ({ run, type, data }) =>
          run === event.run && closing.includes(type) && "gate" in data && data.gate === event.data.gate,
      );
    return isClosed ? [] : [event.data];
  });
}

/** Runs one command to its end. */
export async function command(place: Place, ...words: readonly string[]): Promise<Ended> {
  return place.start(words).ended;
}

export function rootId(place: Place): string {
  return place.events()[0]?.run ?? "";
}

export function endOf(place: Place): string | undefined {
  return rootEvents(place.events()).at(-1)?.type;
}
