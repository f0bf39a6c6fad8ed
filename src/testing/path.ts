import type { Draft } from "../model/event.ts";
import { roleOfTimer } from "../model/state-ids.ts";

/** The states that a run and its child runs entered, in order; an attempt or timer more in the same state is not another. */
export function pathOf(events: readonly Draft[]): readonly string[] {
  const prefixes = new Map<string, string>();
  const path: string[] = [];
  const unfinished = new Set<string>();
  for (const event of events) {
    const name = isOneMore(event, unfinished) ? null : nameOf(event);
    if (event.type === "child.started") {
      prefixes.set(event.data.run, `${prefixes.get(event.run) ?? ""}${event.data.step}/`);
    }
    const state = name === null ? null : `${prefixes.get(event.run) ?? ""}${name}`;
    if (state !== null && path.at(-1) !== state) path.push(state);
  }
  return path;
}

/** Whether an attempt begins in place of one whose outcome was lost: beside others that run at once it is not the last. */
function isOneMore(event: Draft, unfinished: Set<string>): boolean {
  switch (event.type) {
    case "step.started": {
      const attempted = `${event.run}/${event.data.step}`;
      const isKnown = unfinished.has(attempted);
      unfinished.add(attempted);
      return isKnown;
    }
    case "step.succeeded":
    case "step.failed":
    case "step.cancelled":
      unfinished.delete(`${event.run}/${event.data.step}`);
      return false;
    // oxlint-disable-next-line no-useless-switch-case -- the rest is about no attempt
    default:
      return false;
  }
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
      return roleOfTimer(event.data).state;
    // oxlint-disable-next-line no-useless-switch-case -- the rest enters no state
    default:
      return null;
  }
}
