import type { Draft } from "../model/event.ts";
import { nameOfTimer } from "../model/summary.ts";

/** The states that a run and its child runs entered, in order; an attempt or timer more in the same state is not another. */
export function pathOf(events: readonly Draft[]): readonly string[] {
  const prefixes = new Map<string, string>();
  const path: string[] = [];
  for (const event of events) {
    const name = nameOf(event);
    if (event.type === "child.started") {
      prefixes.set(event.data.run, `${prefixes.get(event.run) ?? ""}${event.data.step}/`);
    }
    const state = name === null ? null : `${prefixes.get(event.run) ?? ""}${name}`;
    if (state !== null && path.at(-1) !== state) path.push(state);
  }
  return path;
}

/** The state that an event tells the entering of. */
export function nameOf(event: Draft): string | null {
  switch (event.type) {
    case "step.started":
    case "child.started":
      return event.data.step;
    case "gate.opened":
      return event.data.kind === "inDoubt" ? null : event.data.step;
    case "timer.armed":
      return nameOfTimer(event.data.timer);
    // oxlint-disable-next-line no-useless-switch-case -- the rest enters no state
    default:
      return null;
  }
}
