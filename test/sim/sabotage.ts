/** What hosts do wrong that are broken on purpose: with what the engine stores, and with what it is told. */
import type { Batch } from "../../src/engine/host.ts";
import type { RunEvent } from "../../src/model/event.ts";
import type { Sabotage } from "./scene.ts";

/** The turn as it gets into the log. */
export function spoilt(sabotage: Sabotage | null, turn: Batch, newKey: () => string): Batch {
  if (sabotage === "key not reused") return withNewKeys(turn, newKey);
  return sabotage === "branch lost" ? withoutSecondStart(turn) : turn;
}

function withNewKeys(turn: Batch, newKey: () => string): Batch {
  const drafts = turn.drafts.map((draft) =>
    draft.type === "step.started" ? { ...draft, data: { ...draft.data, key: newKey() } } : draft,
  );
  return { ...turn, drafts };
}

/** Of the branches that begin together, one is not kept. */
function withoutSecondStart(turn: Batch): Batch {
  const [, second] = turn.drafts.filter(({ type }) => type === "step.started");
  return { ...turn, drafts: turn.drafts.filter((draft) => draft !== second) };
}

/** The events of a run as an engine reads them that takes it up. */
export function toldWrongly(sabotage: Sabotage | null, events: readonly RunEvent[]): readonly RunEvent[] {
  if (sabotage === "clean-up given up") return givenUp(events);
  if (sabotage === "approval spent twice") return events.map(withoutEnd);
  return sabotage === "one approval for two" ? events.map(withOneApproval) : events;
}

/** Whoever goes on with a run that is being cancelled takes that for another person's cancel. */
function givenUp(events: readonly RunEvent[]): readonly RunEvent[] {
  const cancel = events.find(({ type }) => type === "cancel.requested");
  return events.map((event) =>
    cancel !== undefined && event.type === "lease.acquired" && event.seq > cancel.seq
      ? { ...event, type: "cancel.requested", data: { reason: "once more" } }
      : event,
  );
}

/** What was approved once is taken for approved for ever, whatever it was about. */
function withoutEnd(event: RunEvent): RunEvent {
  if (event.type !== "gate.opened") return event;
  const covers = event.data.covers?.map((cover) => ({ ...cover, times: 1_000 })) ?? [];
  return { ...event, data: { ...event.data, covers } };
}

function withOneApproval(event: RunEvent): RunEvent {
  return event.type === "gate.opened" ? { ...event, data: { ...event.data, approvals: 1 } } : event;
}
