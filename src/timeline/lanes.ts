import { isOf, type RunEvent } from "../model/event.ts";

/** Who or what an event is about, from people to what they act on. */
export type Lane = "human" | "agent" | "practice" | "engine" | "terraform" | "AWS" | "checks" | "child runs";

/** Every lane, in the order in which they are drawn. */
export const lanes: readonly Lane[] = [
  "human",
  "agent",
  "practice",
  "engine",
  "terraform",
  "AWS",
  "checks",
  "child runs",
];

/** By the first word of a step kind; steps of other kinds are the engine's own. */
const laneOfKind: Readonly<Record<string, Lane>> = {
  terraform: "terraform",
  ecs: "AWS",
  ec2: "AWS",
  elbv2: "AWS",
  logs: "AWS",
  http: "checks",
};

/** Where an event belongs, and the kind of the step that it is about. */
export interface LanedEvent {
  readonly lane: Lane;
  readonly kind: string | null;
}

/** Puts events into lanes; it has to see them in order, because only the start of a step names its kind. */
export function createLanes(): (event: RunEvent) => LanedEvent {
  const kinds = new Map<string, string>();
  return (event) => {
    if (isOf(event, "step.started")) kinds.set(`${event.run}/${event.data.step}`, event.data.kind);
    const kind = "step" in event.data ? (kinds.get(`${event.run}/${event.data.step}`) ?? null) : null;
    return { lane: laneOf(event, kind), kind };
  };
}

function laneOf(event: RunEvent, kind: string | null): Lane {
  const by = event.actor.kind;
  if (by === "human" || by === "agent" || by === "practice") return by;
  if (isOf(event, "child.started", "child.ended")) return "child runs";
  if (isOf(event, "criterion.evaluated", "finding.recorded")) return "checks";
  if (!event.type.startsWith("step.") || !("step" in event.data)) return "engine";
  const [family = ""] = (kind ?? "").split(".");
  return Object.hasOwn(laneOfKind, family) ? (laneOfKind[family] ?? "engine") : "engine";
}
