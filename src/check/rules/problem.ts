/** What is wrong with a runbook file. docs/rules.md has one heading for each rule; a test holds the two together. */
export type Severity = "error" | "warning";

/** Every rule: how bad it is to break it, and how to mend what breaks it. */
export const rules = {
  loads: { severity: "error", mend: "Correct the file at this place." },
  types: { severity: "error", mend: "Correct the type at this place." },
  "foreign-actor": {
    severity: "error",
    mend: "Invoke `stepActor(kind)` or `childActor(runbook)`; work belongs in a step.",
  },
  "foreign-action": {
    severity: "error",
    mend: "Keep only `assign` and `raise` in the machine, and move the work into a step.",
  },
  impure: {
    severity: "error",
    mend: "Let a step's output or the input bring the value in; functions see no clock and no randomness.",
  },
  unreachable: {
    severity: "error",
    mend: "Let a state lead to it with `next`, `routes` or `rescue`, or delete it.",
  },
  "no-way-out": { severity: "error", mend: "Give one of its states a way to an end or to a later state." },
  "endless-loop": {
    severity: "error",
    mend: "Put a `wait`, a `gate` or a `choice` into the loop, or let the step itself poll with a time limit.",
  },
  "no-probe": {
    severity: "error",
    mend: "Give the step kind a `probe` that asks the world whether the effect took place.",
  },
  "no-timeout": { severity: "error", mend: 'Give the step kind a `timeout`, for example "2m".' },
  "no-binds": {
    severity: "warning",
    mend: 'Say what an approval of it must have shown: `binds: (input) => ({ name: input.name })`, or `{ nothing: "why" }`.',
  },
  "no-gate": {
    severity: "error",
    mend: "Put a `gate` before it that shows what is about to change, or name it in the `covers` of the gate that does.",
  },
  "no-quorum": { severity: "error", mend: "Name as many people as have to approve, or ask for fewer." },
  "covers-unreachable": {
    severity: "error",
    mend: "Name a state with a write to which the run can come after a yes at this gate.",
  },
  "output-missing": {
    severity: "error",
    mend: "Read it with `find`, name the state that has surely run, or close the path that leaves it out.",
  },
  "wrong-input": { severity: "error", mend: "Return what the input's schema accepts." },
  "open-criterion": {
    severity: "error",
    mend: "Name a step that every path to `succeeded` runs, or drop the criterion.",
  },
  "secret-in-file": {
    severity: "error",
    mend: "Declare an input as `secretReference` and pass the secret as `env:NAME` or `file:PATH`.",
  },
} as const satisfies Readonly<Record<string, { readonly severity: Severity; readonly mend: string }>>;

export type RuleName = keyof typeof rules;

/** One thing that is wrong, where it is, and how to mend it. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly runbook: string | null;
  readonly state: string | null;
  readonly why: string;
  readonly mend: string;
}

/** What a rule says about a state before anybody has looked where that stands. */
export interface UnlocatedProblem {
  readonly rule: RuleName;
  readonly state: string | null;
  readonly why: string;
  /** The key in the file under which it stands, when that is not the state's. */
  readonly key?: string;
  /** Where it is milder than the rule. */
  readonly severity?: Severity;
}
