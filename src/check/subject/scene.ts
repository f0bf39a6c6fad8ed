/** A context in which a runbook's function can be called: it hands out samples and notes what is asked for. */
import type { z } from "zod";
import { sampleOf, type Fullness } from "./sample.ts";
import type { Fact } from "./facts.ts";
import { ownInvocations } from "../../graph/machine-states.ts";
import type { Subject } from "./subject.ts";

export interface Scene {
  readonly context: unknown;
  /** The facts that were asked for, in order. */
  readonly asked: readonly Fact[];
}

/** The schemas of a runbook's outputs, by state and by step kind. */
export interface Outputs {
  readonly states: ReadonlyMap<string, z.core.$ZodType>;
  readonly kinds: ReadonlyMap<string, z.core.$ZodType>;
}

export function outputsOf({ places }: Subject): Outputs {
  const states = new Map<string, z.core.$ZodType>();
  const kinds = new Map<string, z.core.$ZodType>();
  for (const { id, what } of places.flatMap(ownInvocations)) {
    if (what?.type !== "step") continue;
    states.set(id, what.step.output);
    kinds.set(what.step.kind, what.step.output);
  }
  return { states, kinds };
}

const child = { run: "R-0000", status: "succeeded" };
const anyOfKind = "kind:";

/** A context with the outputs that `has` says are there. */
export function sceneOf(
  { runbook }: Subject,
  outputs: Outputs,
  { has, input, output }: { has: (fact: Fact) => boolean; input: Fullness; output: Fullness },
): Scene {
  const asked: Fact[] = [];
  function ask(fact: Fact): boolean {
    asked.push(fact);
    return has(fact);
  }
  function outputOf(name: string): unknown {
    const kind = name.startsWith(anyOfKind) ? name.slice(anyOfKind.length) : undefined;
    if (kind === undefined && !ask(`state:${name}`)) return undefined;
    const schema = kind === undefined ? outputs.states.get(name) : outputs.kinds.get(kind);
    return schema === undefined ? child : sampleOf(schema, output);
  }
  const failure = { code: "UNEXPECTED", message: "sample", hint: "sample", data: {} };
  const context = {
    input: sampleOf(runbook.input, input),
    outputs: record(outputOf),
    latest: record((kind) => (ask(`kind:${kind}`) ? anyOfKind + kind : undefined)),
    failures: record(() => (output === "full" ? failure : undefined)),
    skipped: {},
    tries: {},
  };
  return { context, asked };
}

/** The context that a plain machine begins with; undefined for one of `define`, which keeps outputs where a scene has them. */
export function beginningOf({ runbook }: Subject, fullness: Fullness): object | undefined {
  const { context } = runbook.machine.config as { readonly context?: unknown };
  if (typeof context !== "function") return typeof context === "object" && context !== null ? context : {};
  try {
    const made: unknown = Reflect.apply(context, undefined, [{ input: sampleOf(runbook.input, fullness) }]);
    if (typeof made !== "object" || made === null) return {};
    return "latest" in made && "outputs" in made ? undefined : made;
  } catch {
    return {};
  }
}

function record(read: (name: string) => unknown): object {
  return new Proxy(
    {},
    { get: (_, name) => (typeof name === "string" ? read(name) : undefined), has: () => true },
  );
}
