/** Every state of a runbook with what it would do: its resolved input, in words and as command lines. */
import { safeParse } from "zod";
import { graphRows } from "../graph/rows.ts";
import { graphOf, type GraphNode } from "../graph/graph.ts";
import { ownInvocations, machineStates, type MachineState } from "../graph/machine-states.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { AnyStep, Risk } from "../model/step.ts";
import type { Runbook } from "../runbook/types.ts";

/** What is known before the run, or after a part of it. */
export interface KnownValues {
  readonly input: JsonObject;
  /** By state. */
  readonly outputs: Readonly<Record<string, Json>>;
}

/** One thing that a state does. */
export interface StateAction {
  readonly id: string;
  readonly kind: string;
  readonly effect: AnyStep["effect"] | "child";
  readonly risk: Risk;
  /** What it does, with its input; what is not known yet stands in it as `‹plan.file›`. */
  readonly describe: string;
  readonly input: unknown;
  readonly commands: readonly string[];
  readonly runbook?: Runbook;
}

export interface InstructedState {
  readonly state: string;
  readonly title: string;
  readonly kind: GraphNode["kind"];
  readonly acts: readonly StateAction[];
  /** How long it waits, where it does. */
  readonly wait: string | null;
  /** Where it leads other than to the state below, in words: `to failed if !ok`. */
  readonly jumps: readonly string[];
}

/** The states in the order of the file, the ends left out. */
export function instructedStates(runbook: Runbook, known: KnownValues): readonly InstructedState[] {
  const { places } = machineStates(runbook);
  const rows = graphRows(graphOf(runbook));
  const titles = new Map(runbook.steps.map(({ step, title }) => [step, title]));
  return rows.flatMap(({ node, jumps }): readonly InstructedState[] => {
    const index = places.findIndex(({ id }) => id === node.id);
    const machineState = places[index];
    if (machineState === undefined || node.kind === "end") return [];
    const context = contextOf(places.slice(0, index), known);
    return [
      {
        state: node.id,
        title: titles.get(node.id) ?? node.title,
        kind: node.kind,
        acts: actsOf(machineState, context, titles),
        wait: waitOf(runbook, machineState, context),
        jumps: jumps.map(({ edge, words }) => `to ${edge.to} ${words}`.trimEnd()),
      },
    ];
  });
}

function waitOf({ machine }: Runbook, { node }: MachineState, context: unknown): string | null {
  const named: unknown = machine.implementations.delays[String(node.after[0]?.delay)];
  if (typeof named !== "function") return null;
  const milliseconds = callSafely(named as (scene: never) => number, { context, event: {} });
  return milliseconds === undefined
    ? "as long as the runbook's input says"
    : `${milliseconds / 1_000} ${milliseconds === 1_000 ? "second" : "seconds"}`;
}

/** A run's context, in which every output that is not there yet is unknown. */
function contextOf(before: readonly MachineState[], { input, outputs }: KnownValues): unknown {
  const users = before.flatMap(({ invocations }) => invocations);
  const latest = (kind: string): string =>
    users.findLast(({ what }) => what?.type === "step" && what.step.kind === kind)?.id ?? kind;
  return {
    input: record((name) => (name in input ? input[name] : unknown(name))),
    outputs: record((name) => (name in outputs ? outputs[name] : unknown(name))),
    latest: record(latest),
    failures: record((name) => unknown(`failure of ${name}`)),
    skipped: {},
    tries: {},
  };
}

function record(read: (name: string) => unknown): object {
  return new Proxy(
    {},
    {
      get: (_, name) => (typeof name === "string" ? read(name) : undefined),
      has: () => true,
    },
  );
}

function actsOf(
  place: MachineState,
  context: unknown,
  titles: ReadonlyMap<string, string>,
): readonly StateAction[] {
  return ownInvocations(place).flatMap(({ id, what, input }): readonly StateAction[] => {
    if (what === undefined) return [];
    const raw = inputOf(input, context);
    const title = titles.get(id) ?? id;
    if (what.type === "child") {
      const { runbook } = what;
      const describe = `follow runbook ${runbook.id}: ${runbook.title}`;
      return [
        {
          id,
          kind: runbook.id,
          effect: "child",
          risk: "none",
          describe,
          input: asText(raw),
          commands: [],
          runbook,
        },
      ];
    }
    const { step } = what;
    const whole = completed(step, raw);
    const describe =
      callSafely(step.describe, whole) ?? `${step.effect === "human" ? "ask a person" : step.kind}: ${title}`;
    const commands = step.commands === undefined ? [] : (callSafely(step.commands, whole) ?? []);
    const { kind, effect, risk } = step;
    return [{ id, kind, effect, risk, describe, input: asText(whole), commands }];
  });
}

function inputOf(input: unknown, context: unknown): unknown {
  if (typeof input !== "function") return input ?? {};
  try {
    return Reflect.apply(input, undefined, [{ context, event: { type: "runwright.instruct" } }]);
  } catch {
    // What it needs cannot stand for itself: a number that is calculated with, say.
    return undefined;
  }
}

/** The input as the step would read it; where it holds something unknown, only what was left out is added. */
function completed({ input: schema }: AnyStep, raw: unknown): unknown {
  const read = safeParse(schema, asText(raw));
  if (read.success) return read.data;
  const { shape } = schema as { readonly shape?: Readonly<Record<string, AnyStep["input"]>> };
  if (shape === undefined || typeof raw !== "object" || raw === null) return raw;
  const usual = Object.entries(shape).flatMap(([name, field]) => {
    const left = safeParse(field, undefined);
    return left.success && left.data !== undefined ? [[name, left.data] as const] : [];
  });
  return { ...Object.fromEntries(usual), ...raw };
}

function callSafely<T>(say: (input: never) => T, input: unknown): T | undefined {
  try {
    const said = Reflect.apply(say, undefined, [input]) as T;
    // A number that is not known was calculated with.
    return String(said).includes("NaN") ? undefined : said;
  } catch {
    return undefined;
  }
}

/**
 * A value that is not known before the run: it goes through a runbook's functions as if it were there, and reads as
 * what it will be, such as `‹plan.file›`. So a mapper that was written for outputs tells where each part of an input
 * comes from.
 */
function unknown(label: string): unknown {
  const text = `‹${label}›`;
  const own: Readonly<Record<PropertyKey, unknown>> = {
    [Symbol.toPrimitive]: () => text,
    toString: () => text,
    toJSON: () => text,
    // A list of what is not known is shown by one of its items.
    [Symbol.iterator]: () => [unknown(label)][Symbol.iterator](),
    map: (each: (item: unknown) => unknown) => [each(unknown(label))],
    flatMap: (each: (item: unknown) => unknown) => [each(unknown(label))].flat(),
  };
  return new Proxy(() => {}, {
    get: (_, name) => (name in own ? own[name] : isUnknown(name) ? unknown(`${label}.${name}`) : undefined),
    // What a method makes of it is as little known: a part of a text, the one item that fits.
    apply: () => unknown(label.replace(/\.\w+$/, "")),
  });
}

/** What has a `then` is taken for a promise, and would be waited for. */
function isUnknown(name: string | symbol): name is string {
  return typeof name === "string" && name !== "then";
}

/** A value with everything unknown in it as its text. */
function asText(value: unknown): unknown {
  if (typeof value === "function") return String(value);
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asText(inner)]));
}
