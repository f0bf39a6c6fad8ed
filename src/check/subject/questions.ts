/** The functions of a runbook, each with the place where the engine calls it. */
import { ownInvocations, type Exit, type MachineState } from "../../graph/machine-states.ts";
import type { Context } from "../../runbook/types.ts";
import { factsOf, type Fact } from "./facts.ts";
import { sampleOf, type Fullness } from "./sample.ts";
import { isGoodEnd, type Subject } from "./subject.ts";

export interface Question {
  readonly place: string;
  /** For people: `the input of apply`. */
  readonly what: string;
  /** The key under which it stands in the file, when that is not the place's. */
  readonly key?: string;
  /** What is known when it is asked, beside what is known on arrival. */
  readonly known: readonly Fact[];
  readonly ask: (context: unknown, output: Fullness) => unknown;
}

export function questionsOf(subject: Subject): readonly Question[] {
  const { runbook, places } = subject;
  return [
    ...places.flatMap(inputs),
    ...places.flatMap((place) => place.exits.flatMap((exit) => conditions(place, exit))),
    ...places.flatMap((place) => delays(subject, place)),
    ...places.flatMap((place) => afterwards(subject, place)),
    ...places.filter(isGoodEnd).map((place) => ({
      place: place.id,
      what: "the follow-ups",
      key: "followUps",
      known: [],
      ask: (context: unknown) => runbook.followUps(asContext(context)),
    })),
  ];
}

function inputs(place: MachineState): readonly Question[] {
  return ownInvocations(place).flatMap(({ id, input }) => {
    if (typeof input !== "function") return [];
    const ask = (context: unknown): unknown =>
      Reflect.apply(input, undefined, [{ context, event: { type: "sample" } }]);
    return [{ place: place.id, what: `the input of \`${id}\``, known: [], ask }];
  });
}

function conditions(place: MachineState, { way, label, transition }: Exit): readonly Question[] {
  const { guard } = transition;
  if (typeof guard !== "function" || (way !== "route" && way !== "rescue")) return [];
  const schemas = ownInvocations(place).flatMap(({ what }) =>
    what?.type === "step" ? [what.step.output] : [],
  );
  const ask = (context: unknown, fullness: Fullness): unknown => {
    const output = schemas[0] === undefined ? {} : sampleOf(schemas[0], fullness);
    const error = { code: "UNEXPECTED", message: "sample", hint: "sample", data: {} };
    return Reflect.apply(guard, undefined, [{ context, event: { type: "sample", output, error } }]);
  };
  return [{ place: place.id, what: `the ${way} \`${label}\` of \`${place.id}\``, known: [], ask }];
}

function delays({ runbook }: Subject, place: MachineState): readonly Question[] {
  return place.node.after.flatMap(({ delay }) => {
    const named: unknown = runbook.machine.implementations.delays[String(delay)];
    if (typeof named !== "function") return [];
    const ask = (context: unknown): unknown =>
      Reflect.apply(named, undefined, [{ context, event: { type: "sample" } }]);
    return [{ place: place.id, what: `the duration of \`${place.id}\``, known: [], ask }];
  });
}

/** What is asked once a step has its output: its findings and the criteria that it decides. */
function afterwards({ runbook }: Subject, place: MachineState): readonly Question[] {
  const known = [...new Set(place.exits.flatMap(factsOf))];
  return ownInvocations(place).flatMap(({ id }) => [
    {
      place: place.id,
      what: `the findings of \`${id}\``,
      known,
      ask: (context: unknown) => runbook.findings(id, asContext(context)),
    },
    ...runbook.criteria
      .filter(({ step }) => step === id)
      .map((criterion) => ({
        place: place.id,
        what: `the criterion \`${criterion.id}\``,
        known,
        ask: (context: unknown) => criterion.verdict(asContext(context)),
      })),
  ]);
}

/** A made-up context has the parts of a real one. */
function asContext(context: unknown): Context {
  return context as Context;
}
