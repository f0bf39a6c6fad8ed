/** A context in which a runbook's function can be called: it hands out samples and notes what is asked for. */
import type { z } from "zod";
import { sampleOf, type Fullness } from "./sample.ts";
import type { OutputKey } from "./known-outputs.ts";
import { ownInvocations } from "../../graph/machine-states.ts";
import type { RunbookUnderCheck } from "./runbook-under-check.ts";

export interface SymbolicContext {
  readonly context: unknown;
  /** The facts that were asked for, in order. */
  readonly reads: readonly OutputKey[];
}

/** The schemas of a runbook's outputs, by state and by step kind. */
export interface OutputSchemas {
  readonly states: ReadonlyMap<string, z.core.$ZodType>;
  readonly kinds: ReadonlyMap<string, z.core.$ZodType>;
}

export function outputSchemas({ states: places }: RunbookUnderCheck): OutputSchemas {
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
export function symbolicContext(
  { runbook }: RunbookUnderCheck,
  outputs: OutputSchemas,
  { has, input, output }: { has: (fact: OutputKey) => boolean; input: Fullness; output: Fullness },
): SymbolicContext {
  const reads: OutputKey[] = [];
  function ask(fact: OutputKey): boolean {
    reads.push(fact);
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
  return { context, reads };
}

/** The context that a plain machine begins with; undefined for one of `define`, which keeps outputs where a scene has them. */
export function initialContext({ runbook }: RunbookUnderCheck, fullness: Fullness): object | undefined {
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
