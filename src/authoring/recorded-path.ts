/** What a recorded run did, as a line of states without loops: what a first draft is made of. */
import { isOf, type Gate, type RunEvent, type EventOf } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { roleOfStep, roleOfTimer } from "../model/state-ids.ts";

interface NamedState {
  readonly name: string;
  readonly title: string;
  /** Of a gate or a choice: the states whose writes began by its answer. */
  readonly covers?: readonly string[];
}

/** What a state did. */
type RecordedAct =
  | {
      readonly type: "step";
      readonly kind: string;
      readonly input: Json;
      readonly output: Json;
      /** Why it began without an approval, where its runbook said so. */
      readonly accepted?: string;
    }
  | { readonly type: "gate"; readonly gate: Gate }
  | { readonly type: "choice"; readonly gate: Gate; readonly chosen: string }
  | { readonly type: "wait"; readonly duration: string };

/** A state that the run went through. */
export type RecordedState = NamedState & RecordedAct;

/** The states of a run and of its child runs, in the order in which they came to an end, each under a name of its own. */
export function recordedStates(events: readonly RunEvent[]): readonly RecordedState[] {
  const times = new Map<string, number>();
  const passed = events.flatMap((event, index) => {
    const before = events.slice(0, index).filter(({ run }) => run === event.run);
    const ended = stateEndedBy(event, before);
    if (ended === null) return [];
    const name = ended.state.replaceAll(/[^A-Za-z0-9]/g, "");
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    const title = titleOf(ended.state, before);
    return [{ ...ended, run: event.run, title, name: time === 1 ? name : `${name}${time}` }];
  });
  return passed.map(({ run, act, title, name }) => {
    const allowed = act.type === "gate" || act.type === "choice" ? act.gate.gate : null;
    const covered = passed.filter((one) => one.run === run && one.allowedBy.some((gate) => gate === allowed));
    return {
      ...act,
      title,
      name,
      ...(covered.length === 0 ? {} : { covers: covered.map((one) => one.name) }),
    };
  });
}

interface EndedState {
  readonly state: string;
  readonly act: RecordedAct;
  /** The gates by whose answers its attempts began. */
  readonly allowedBy: readonly string[];
}

function stateEndedBy(event: RunEvent, before: readonly RunEvent[]): EndedState | null {
  switch (event.type) {
    case "step.succeeded":
      return stepEnded(event, before);
    case "approval.used":
    case "decision.made":
      return gateEnded(event, before);
    case "timer.fired":
      return timerEnded(event, before);
    // oxlint-disable-next-line no-useless-switch-case -- the rest ends no state
    default:
      return null;
  }
}

function stepEnded(
  { data: { step, output } }: EventOf<"step.succeeded">,
  before: readonly RunEvent[],
): EndedState | null {
  const last = before.findLastIndex((one) => isOf(one, "step.succeeded") && one.data.step === step);
  const intents = before
    .slice(last + 1)
    .flatMap((one) => (isOf(one, "step.started") && one.data.step === step ? [one.data] : []));
  const intent = intents.at(-1);
  if (intent === undefined) return null;
  const { kind, input, accepted } = intent;
  const free = accepted === undefined ? {} : { accepted };
  const allowedBy = intents.flatMap((one) => one.allowedBy ?? []);
  return { state: step, act: { type: "step", kind, input, output, ...free }, allowedBy };
}

function gateEnded(
  event: EventOf<"approval.used" | "decision.made">,
  before: readonly RunEvent[],
): EndedState | null {
  const opened = before.findLast((one) => isOf(one, "gate.opened") && one.data.gate === event.data.gate);
  if (opened?.type !== "gate.opened") return null;
  const gate = opened.data;
  if (event.type === "approval.used")
    return { state: nameOfGate(gate), act: { type: "gate", gate }, allowedBy: [] };
  // What is asked after a failure comes with every state.
  const { role } = roleOfStep(gate.step, (step) => listedIn(before).some((listed) => listed.step === step));
  if (gate.kind !== "choice" || role === "decide") return null;
  return { state: gate.step, act: { type: "choice", gate, chosen: event.data.choice }, allowedBy: [] };
}

/** What the engine asked about a write, because no gate covered it, is a gate of its own in the draft. */
function nameOfGate({ step, covers = [] }: Gate): string {
  const isOwn = covers.some(({ state, option }) => state === step && option === undefined);
  return isOwn ? `approve${step.charAt(0).toUpperCase()}${step.slice(1)}` : step;
}

function timerEnded({ data }: EventOf<"timer.fired">, before: readonly RunEvent[]): EndedState | null {
  const armed = before.findLast((one) => isOf(one, "timer.armed") && one.data.timer === data.timer);
  const { state, role } = roleOfTimer(data);
  if (armed?.type !== "timer.armed" || role === "backoff") return null;
  const seconds = Math.round((Date.parse(armed.data.due) - Date.parse(armed.at)) / 1_000);
  return { state, act: { type: "wait", duration: `${Math.max(1, seconds)}s` }, allowedBy: [] };
}

function titleOf(state: string, before: readonly RunEvent[]): string {
  return listedIn(before).find(({ step }) => step === state)?.title ?? state;
}

function listedIn(events: readonly RunEvent[]): EventOf<"run.started">["data"]["steps"] {
  const [start] = events.filter((one) => isOf(one, "run.started"));
  return start?.data.steps ?? [];
}
