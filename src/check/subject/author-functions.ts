/** The functions of a runbook, each with the place where the engine calls it. */
import { ownInvocations, type Exit, type MachineState } from "../../graph/machine-states.ts";
import type { Context } from "../../runbook/types.ts";
import { outputsStoredBy, type OutputKey } from "./known-outputs.ts";
import { sampleOf, type Fullness } from "./sample.ts";
import { isGoodEnd, type RunbookUnderCheck } from "./runbook-under-check.ts";

export interface AuthorFunction {
  readonly state: string;
  /** For people: `the input of apply`. */
  readonly description: string;
  /** The key under which it stands in the file, when that is not the place's. */
  readonly key?: string;
  /** What is known when it is asked, beside what is known on arrival. */
  readonly known: readonly OutputKey[];
  readonly call: (context: unknown, output: Fullness) => unknown;
}

export function authorFunctions(subject: RunbookUnderCheck): readonly AuthorFunction[] {
  const { runbook, states } = subject;
  return [
    ...states.flatMap(inputs),
    ...states.flatMap((state) => state.exits.flatMap((exit) => conditions(state, exit))),
    ...states.flatMap((state) => delays(subject, state)),
    ...states.flatMap((state) => afterStep(subject, state)),
    ...states.filter(isGoodEnd).map((state) => ({
      state: state.id,
      description: "the follow-ups",
      key: "followUps",
      known: [],
      call: (context: unknown) => runbook.followUps(asContext(context)),
    })),
  ];
}

function inputs(state: MachineState): readonly AuthorFunction[] {
  return ownInvocations(state).flatMap(({ id, input }) => {
    if (typeof input !== "function") return [];
    const call = (context: unknown): unknown =>
      Reflect.apply(input, undefined, [{ context, event: { type: "sample" } }]);
    return [{ state: state.id, description: `the input of \`${id}\``, known: [], call }];
  });
}

function conditions(state: MachineState, { way, label, transition }: Exit): readonly AuthorFunction[] {
  const { guard } = transition;
  if (typeof guard !== "function" || (way !== "route" && way !== "rescue")) return [];
  const schemas = ownInvocations(state).flatMap(({ what }) =>
    what?.type === "step" ? [what.step.output] : [],
  );
  const call = (context: unknown, fullness: Fullness): unknown => {
    const output = schemas[0] === undefined ? {} : sampleOf(schemas[0], fullness);
    const error = { code: "UNEXPECTED", message: "sample", hint: "sample", data: {} };
    return Reflect.apply(guard, undefined, [{ context, event: { type: "sample", output, error } }]);
  };
  return [{ state: state.id, description: `the ${way} \`${label}\` of \`${state.id}\``, known: [], call }];
}

function delays({ runbook }: RunbookUnderCheck, state: MachineState): readonly AuthorFunction[] {
  return state.node.after.flatMap(({ delay }) => {
    const named: unknown = runbook.machine.implementations.delays[String(delay)];
    if (typeof named !== "function") return [];
    const call = (context: unknown): unknown =>
      Reflect.apply(named, undefined, [{ context, event: { type: "sample" } }]);
    return [{ state: state.id, description: `the duration of \`${state.id}\``, known: [], call }];
  });
}

/** What is asked once a step has its output: its findings and the criteria that it decides. */
function afterStep({ runbook }: RunbookUnderCheck, state: MachineState): readonly AuthorFunction[] {
  const known = [...new Set(state.exits.flatMap(outputsStoredBy))];
  return ownInvocations(state).flatMap(({ id }) => [
    {
      state: state.id,
      description: `the findings of \`${id}\``,
      known,
      call: (context: unknown) => runbook.findings(id, asContext(context)),
    },
    ...runbook.criteria
      .filter(({ step }) => step === id)
      .map((criterion) => ({
        state: state.id,
        description: `the criterion \`${criterion.id}\``,
        known,
        call: (context: unknown) => criterion.verdict(asContext(context)),
      })),
  ]);
}

/** A made-up context has the parts of a real one. */
function asContext(context: unknown): Context {
  return context as Context;
}
