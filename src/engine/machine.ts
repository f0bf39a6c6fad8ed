/**
 * The machine: what a run wants next, as data. Owns every call of xstate at run time; the engine owns the effects.
 *
 * M1  Nothing here acts. A transition returns the snapshot after it and what it now wants; no actor is ever started.
 * M2  The same runbook and the same stimuli give the same snapshots and wants.
 * M3  Whatever a runbook wants that is not a step, a child run or a timer is refused: work belongs in a step.
 * M4  A guard or mapper that throws leaves the snapshot as it was: the stimulus is kept and the run is parked.
 * M5  A transition ends: a machine that has not come to rest after a thousand microsteps is treated as if a guard threw.
 */
import {
  createActor,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type ExecutableActionObject,
} from "xstate";
import { safeParse } from "zod";
import { RunbookError, type Failure } from "../model/error.ts";
import type { RunEnd } from "../model/event.ts";
import { issueText } from "../model/issue-text.ts";
import { isJson, toJson, type Json, type JsonObject } from "../model/json.ts";
import { withoutActors, effectOf, mostMicrosteps } from "../runbook/effects-as-actions.ts";
import type { StateRole } from "../model/state-ids.ts";
import type { Invocation } from "../runbook/actors.ts";
import { doneEvent, failedEvent } from "../runbook/event-types.ts";
import { timerRoles } from "../runbook/roles.ts";
import type { Context, Invoked, Runbook } from "../runbook/types.ts";

export type Snapshot = AnyMachineSnapshot;

/** What a transition asks the engine to do. */
export type Want =
  | { readonly type: "invoke"; readonly id: string; readonly what: Invoked; readonly input: Json }
  | { readonly type: "stop"; readonly id: string }
  | {
      readonly type: "arm";
      readonly id: string;
      /** Null where the runbook raises an event of its own later: no state says what for. */
      readonly belongsTo: StateRole | null;
      readonly delay: number;
      readonly event: JsonObject;
    }
  | { readonly type: "disarm"; readonly id: string };

/** What the world tells a machine. */
export type Stimulus =
  | { readonly type: "done"; readonly id: string; readonly output: Json }
  | { readonly type: "failed"; readonly id: string; readonly failure: Failure }
  | { readonly type: "fired"; readonly event: JsonObject };

export interface Transition {
  readonly snapshot: Snapshot;
  readonly wants: readonly Want[];
}

/** The first snapshot of a run; throws like `advance`. */
export function begin(runbook: Runbook, input: JsonObject): Transition {
  return moved(runbook, (machine, scope) => machine.getInitialSnapshot(scope, input));
}

/** The snapshot after a stimulus; throws what a guard or mapper threw (M4), or `ENDLESS_LOOP` (M5). */
export function advance(runbook: Runbook, snapshot: Snapshot, stimulus: Stimulus): Transition {
  return moved(runbook, (machine, scope) => machine.transition(snapshot as never, toEvent(stimulus), scope));
}

function nothing(): void {}

type ActorScope = Parameters<AnyStateMachine["transition"]>[2];
const scopes = new WeakMap<AnyStateMachine, ActorScope>();

/**
 * The surroundings of a transition, in which nothing acts (M1). `transition` of xstate makes them anew at each call, with
 * an initial snapshot that it drops: that was a third of a step's time (`node bench/run.js steps`).
 */
function scopeOf(machine: AnyStateMachine): ActorScope {
  const known = scopes.get(machine);
  if (known !== undefined) return known;
  const self = createActor(machine);
  const scope: ActorScope = {
    defer: nothing,
    logger: nothing,
    stopChild: nothing,
    emit: nothing,
    actionExecutor: nothing,
    self,
    system: self.system,
    id: "",
    sessionId: "",
  };
  scopes.set(machine, scope);
  return scope;
}

/** The snapshot as plain JSON, for the cache that `verify` recomputes. */
export function persist(runbook: Runbook, snapshot: Snapshot): Json {
  return toJson(
    JSON.parse(JSON.stringify(withoutActors(runbook.machine).getPersistedSnapshot(snapshot as never))),
  );
}

/** Whether the machine does anything when it is told this. */
export function accepts(snapshot: Snapshot, type: string): boolean {
  return snapshot.status === "active" && snapshot.can({ type });
}

export function contextOf(snapshot: Snapshot): Context {
  return snapshot.context as Context;
}

/** How the machine ended, or null while it is active: a final state that does not say otherwise is a success. */
export function endOf(snapshot: Snapshot): RunEnd | null {
  if (snapshot.status !== "done") return null;
  const value: unknown = snapshot.value;
  return value === "failed" || value === "cancelled" ? value : "succeeded";
}

function toEvent(stimulus: Stimulus): AnyEventObject {
  switch (stimulus.type) {
    case "done":
      return { type: doneEvent(stimulus.id), output: stimulus.output, actorId: stimulus.id };
    case "failed":
      return { type: failedEvent(stimulus.id), error: stimulus.failure, actorId: stimulus.id };
    case "fired":
      return stimulus.event as AnyEventObject;
  }
}

/** A transition of xstate in a scope that says what becomes of its actions. */
type TransitionCall = (machine: AnyStateMachine, scope: ActorScope) => AnyMachineSnapshot;

function moved(runbook: Runbook, transition: TransitionCall): Transition {
  const machine = withoutActors(runbook.machine);
  const actions: ExecutableActionObject[] = [];
  const scope: ActorScope = { ...scopeOf(machine), actionExecutor: (action) => void actions.push(action) };
  let snapshot: Snapshot;
  try {
    snapshot = transition(machine, scope);
    if (snapshot.status === "error") throw snapshot.error;
  } catch (error) {
    throw isBoundReached(error) ? endlessLoop(runbook, transition) : error;
  }
  // Found out here, a context that cannot be stored parks the run; found out while storing, it would stop the engine.
  if (!isJson(snapshot.context)) toJson(snapshot.context, "context");
  const wants: Want[] = [];
  for (const action of actions) wants.push(...toWants(runbook, action));
  return { snapshot, wants };
}

/** More states than a message needs to show a loop. */
const mostNamed = 6;

/** xstate has no class for it, so that it is known by its words; a test holds them. */
function isBoundReached(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Infinite loop detected");
}

function endlessLoop(runbook: Runbook, transition: TransitionCall): RunbookError {
  const states = statesOnTheWay(withoutActors(runbook.machine), transition);
  // What only leads into the loop is passed once, at the beginning.
  const loop = [...new Set(states.slice(-mostMicrosteps / 2))].toSorted();
  const named = loop.slice(0, mostNamed).map((state) => `\`${state}\``);
  const more = loop.length > mostNamed ? ` and ${loop.length - mostNamed} more` : "";
  return new RunbookError(
    "ENDLESS_LOOP",
    `Runbook \`${runbook.id}\` made ${mostMicrosteps} transitions without coming to a step, a question or a wait: it goes through ${named.join(", ")}${more}.`,
    { data: { runbook: runbook.id } },
  );
}

/** Makes the transition once more, only to see where it goes. */
function statesOnTheWay(machine: AnyStateMachine, transition: TransitionCall): readonly string[] {
  const states: string[] = [];
  const self = createActor(machine);
  self.system.inspect((event) => {
    if (event.type === "@xstate.microstep" && "value" in event.snapshot) {
      const { value } = event.snapshot;
      states.push(typeof value === "string" ? value : JSON.stringify(value));
    }
  });
  try {
    transition(machine, { ...scopeOf(machine), self, system: self.system });
  } catch {
    // It ends as before.
  }
  return states;
}

function toWants(runbook: Runbook, action: ExecutableActionObject): readonly Want[] {
  const asked = effectOf(action.params);
  if (asked !== undefined)
    return [
      "stops" in asked ? { type: "stop", id: asked.stops } : invoked(runbook, asked.starts, action.info),
    ];
  const params = (action.params ?? {}) as Readonly<Record<string, unknown>>;
  switch (action.type) {
    case "xstate.raise": {
      const { id, delay, event } = params;
      // Without a delay it was part of the very transition that returned it.
      if (typeof delay !== "number") return [];
      return [armed(runbook, String(id), delay, toJson(event) as JsonObject)];
    }
    case "xstate.cancel":
      return [{ type: "disarm", id: String(params["sendId"]) }];
    default:
      throw unsupported(runbook, `the action \`${action.type}\``);
  }
}

function armed(runbook: Runbook, id: string, delay: number, event: JsonObject): Want {
  const belongsTo = timerRoles(runbook.machine).get(id) ?? null;
  return { type: "arm", id, belongsTo, delay, event };
}

/** What an invocation asks for, from where the machine was when it got there. */
function invoked(
  runbook: Runbook,
  { id, what, input }: Invocation,
  info: ExecutableActionObject["info"],
): Want {
  if (what === undefined) throw unsupported(runbook, `the actor of \`${id}\``);
  const { context, event, self } = info;
  const given: unknown = typeof input === "function" ? input({ context, event, self }) : input;
  return { type: "invoke", id, what, input: parseInput(id, what, given) };
}

/** What an invocation would be given if the machine came to it now; null where that cannot be told yet. */
export function inputNow(
  runbook: Runbook,
  snapshot: Snapshot,
  { id, what, input }: Pick<Invocation, "id" | "what" | "input">,
): Json | null {
  if (what === undefined) return null;
  const { self } = scopeOf(withoutActors(runbook.machine));
  try {
    const scene = { context: snapshot.context as unknown, event: { type: "" }, self };
    return parseInput(id, what, typeof input === "function" ? input(scene) : input);
  } catch {
    // It needs what only comes into being on the way.
    return null;
  }
}

/** What a mapper gave, as the schema of the step or child runbook reads it. */
function parseInput(id: string, what: Invoked, value: unknown): Json {
  const schema = what.type === "step" ? what.step.input : what.runbook.input;
  const parsed = safeParse(schema, value ?? {});
  if (parsed.success) return toJson(parsed.data, id);
  throw new RunbookError(
    "STEP_INPUT_MALFORMED",
    `The runbook gave \`${id}\` a wrong input: ${issueText(parsed.error)}.`,
  );
}

function unsupported(runbook: Runbook, what: string): RunbookError {
  return new RunbookError(
    "RUNBOOK_BROKEN",
    `Runbook \`${runbook.id}\` uses ${what}, which is neither a step nor a child runbook nor a timer.`,
  );
}
