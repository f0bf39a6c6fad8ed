/** The types of the events on which xstate's own transitions are taken; only this file makes and reads them. */

const done = "xstate.done.actor.";
const failed = "xstate.error.actor.";
const ended = "xstate.done.state.";

/** Told when what was invoked under this id has ended well. */
export function doneEvent(id: string): string {
  return `${done}${id}`;
}

/** Told when what was invoked under this id has failed. */
export function failedEvent(id: string): string {
  return `${failed}${id}`;
}

/** Told when all that is in the node with this id has come to its end. */
export function endedEvent(node: string): string {
  return `${ended}${node}`;
}

/** What makes a transition be taken. */
export type Trigger =
  /** `internal` is what else xstate tells itself. */
  | { readonly type: "always" | "timer" | "ended" | "failed" | "internal" }
  | { readonly type: "done"; readonly id: string }
  | { readonly type: "event"; readonly name: string };

/** What the event type of a transition says. */
export function triggerOf(eventType: string): Trigger {
  if (eventType === "") return { type: "always" };
  if (eventType.startsWith(done)) return { type: "done", id: eventType.slice(done.length) };
  if (eventType.startsWith(failed)) return { type: "failed" };
  if (eventType.startsWith(ended)) return { type: "ended" };
  if (eventType.startsWith("xstate.after.")) return { type: "timer" };
  return eventType.startsWith("xstate.") ? { type: "internal" } : { type: "event", name: eventType };
}
