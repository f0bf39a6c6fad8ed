/** What the program that runs somebody's runbook is asked, and what it may answer: data, and nothing of it is believed. */
import { z } from "zod";
import type { Derivation } from "../engine/recompute.ts";
import type { RunInspection } from "../engine/inspect.ts";
import type { Graph } from "../graph/graph.ts";
import type { RunEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";

export interface ReplayQuestion {
  /** Each run's events, in order. */
  readonly runs: readonly (readonly RunEvent[])[];
  /** The runbooks' texts, by their digests. */
  readonly texts: Readonly<Record<string, string>>;
  /** After which event of a run its snapshot was stored. */
  readonly snapshots: Readonly<Record<string, number>>;
  /** What is wanted: what the events lead to, the states after each event or after the last, how the runbooks look. */
  readonly wants: "derivations" | "states" | "last states" | "pictures";
}

/** What was asked for, of each run in the order of the question; or why there is none. */
export type ReplayAnswer =
  | { readonly type: "derivations"; readonly derivations: readonly Derivation[] }
  | { readonly type: "states"; readonly states: readonly (readonly RunInspection[])[] }
  | { readonly type: "pictures"; readonly graphs: readonly Graph[] }
  | { readonly type: "failed"; readonly why: string };

const json: z.ZodType<Json> = z.json();
const text = z.string();

const derivation: z.ZodType<Derivation> = z.strictObject({
  events: z.array(z.strictObject({ rseq: z.int(), parts: z.record(text, text).nullable() })),
  snapshot: text.nullable(),
  stopped: z.strictObject({ rseq: z.int(), why: text }).nullable(),
});

const inspected: z.ZodType<RunInspection> = z.strictObject({
  run: text,
  rseq: z.int(),
  runbook: z.strictObject({ id: text, source: text }),
  value: json,
  context: json,
  waitsFor: z.array(
    z.strictObject({
      type: z.enum(["step", "gate", "timer", "child"]),
      id: text,
      intent: text.nullable(),
    }),
  ),
  withdrawn: z.array(text),
  attempts: z.record(text, z.number()),
  verdicts: z.record(text, text),
  fault: z.strictObject({ code: text, message: text, hint: text, data: z.record(text, json) }).nullable(),
  cancel: text.nullable(),
  end: text.nullable(),
});

const way = z.enum([
  "next",
  "route",
  "rescue",
  "retry",
  "again",
  "skip",
  "cancel",
  "cleanup",
  "approved",
  "rejected",
  "option",
  "timer",
  "event",
]);

const graph: z.ZodType<Graph> = z.strictObject({
  id: text,
  title: text,
  initial: text,
  nodes: z.array(
    z.strictObject({
      id: text,
      title: text,
      kind: z.enum([
        "read",
        "write",
        "gate",
        "choice",
        "manual",
        "question",
        "child",
        "wait",
        "branch",
        "parallel",
        "state",
        "end",
      ]),
      uses: z.array(text),
      steps: z.array(text),
      risk: z.enum(["none", "low", "medium", "high"]),
    }),
  ),
  edges: z.array(z.strictObject({ from: text, to: text, way, label: text })),
  children: z.array(z.strictObject({ id: text, title: text })),
});

/** The answer in a text; null when it is none. */
export function parseAnswer(said: string): ReplayAnswer | null {
  const schema = z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("derivations"), derivations: z.array(derivation) }),
    z.strictObject({ type: z.literal("states"), states: z.array(z.array(inspected)) }),
    z.strictObject({ type: z.literal("pictures"), graphs: z.array(graph) }),
    z.strictObject({ type: z.literal("failed"), why: text }),
  ]);
  try {
    const found = schema.safeParse(JSON.parse(said));
    return found.success ? found.data : null;
  } catch {
    return null;
  }
}
