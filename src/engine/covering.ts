/** What an answer at a gate allows, and what it is bound to: resolved when the gate is opened, and part of its digest. */
import {
  coveredByOptions,
  coveredByRetry,
  coveredByYes,
  coverOf,
  straightAfterYes,
  type DeclaredWrite,
} from "../graph/covers.ts";
import type { Cover, EventData, Gate, GateKind } from "../model/event.ts";
import { digestOf, type Json, type JsonObject } from "../model/json.ts";
import { isObject } from "../model/json-read.ts";
import { roleOfStep } from "../model/state-ids.ts";
import type { AnyStep, Risk } from "../model/step.ts";
import { inputNow } from "./machine.ts";
import type { RunState } from "./state.ts";

type Covering = Required<Pick<Gate, "covers" | "binds" | "risk">>;

/** A write that an answer allows, and the option to which that belongs. */
interface AllowedEffects {
  readonly option: string | null;
  readonly write: DeclaredWrite;
  /** It begins with what is known now, so that this can be shown. */
  readonly isStraight: boolean;
}

/** What a gate of the runbook covers. */
export function coveringOf(
  state: RunState,
  { id, kind, risk }: { readonly id: string; readonly kind: GateKind; readonly risk: Risk },
  shown: JsonObject,
): Covering {
  const subject = subjectOf(shown);
  const known = allowedAt(state, id, kind, shown).flatMap((allowed) => {
    const bound = allowed.isStraight || allowed.option !== null ? boundNow(state, allowed.write) : [];
    return bound === null && allowed.isStraight ? [] : [{ ...allowed, bound: bound ?? [] }];
  });
  const names = new Set(subject.map(nameOf));
  const more = known.flatMap(({ bound }) => bound).filter((one) => !names.has(nameOf(one)));
  return {
    covers: known.map(({ option, write }): Cover => {
      return option === null ? coverOf(write) : { ...coverOf(write), option };
    }),
    binds: [...new Set([...subject, ...more])],
    // Who asks for a yes says how grave it is, as a plan's review does; a fork is as grave as what it leads to.
    risk:
      kind === "approval"
        ? risk
        : worst([risk, ...known.map(({ write }) => write.invocation.what.step.risk)]),
  };
}

function allowedAt(
  state: RunState,
  id: string,
  kind: GateKind,
  shown: JsonObject,
): readonly AllowedEffects[] {
  const { runbook, start } = state;
  if (kind === "approval") {
    const straight = new Set(straightAfterYes(runbook, id).map((write) => write.state));
    return coveredByYes(runbook, id, namesIn(shown["covers"])).map((write) => {
      return { option: null, write, isStraight: straight.has(write.state) };
    });
  }
  if (kind !== "choice") return [];
  const { state: name, role } = roleOfStep(id, (step) => start.steps.some((listed) => listed.step === step));
  if (role !== "decide") return coveredByOptions(runbook, id);
  const write = coveredByRetry(runbook, name);
  return write === undefined || asksCertainPeople(state, name)
    ? []
    : [{ option: "retry", write, isStraight: true }];
}

/** Whether the write was last allowed by certain people, or by several: then they are asked again, and nobody else. */
function asksCertainPeople({ allowances }: RunState, write: string): boolean {
  const asked = allowances?.gates[allowances.writes[write] ?? ""]?.gate;
  return asked !== undefined && (asked.approvers !== "anyone" || asked.approvals !== undefined);
}

/** What a write would be about if it began now; null where its input cannot be told yet. */
function boundNow(state: RunState, { state: name, invocation }: DeclaredWrite): readonly string[] | null {
  const input = inputNow(state.runbook, state.snapshot, invocation);
  return input === null ? null : boundBy(name, invocation.what.step, input);
}

/** What a state's write is about, as an approval of it has to have shown: all of its input where its kind does not say. */
export function boundBy(state: string, { binds }: AnyStep, input: Json): readonly string[] {
  if (binds === undefined) return [`${state}.input:${digestOf(input)}`];
  // The input was parsed by the step's own schema.
  return typeof binds === "function" ? entriesOf(binds(input as never)) : [];
}

/** What is recorded of a success: also what came into being by it. */
export function succeededWith(
  { makes }: AnyStep,
  data: EventData["step.succeeded"],
): EventData["step.succeeded"] {
  const made = makes?.(data.output as never) ?? [];
  return made.length === 0 ? data : { ...data, made };
}

function entriesOf(named: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(named).map(([name, value]) => `${name}:${value}`);
}

function subjectOf(shown: JsonObject): readonly string[] {
  const subject = shown["subject"];
  if (!isObject(subject)) return [];
  return Object.entries(subject).flatMap(([name, value]) =>
    typeof value === "string" ? [`${name}:${value}`] : [],
  );
}

function namesIn(covers: Json | undefined): readonly string[] | undefined {
  return Array.isArray(covers) ? covers.filter((name) => typeof name === "string") : undefined;
}

function nameOf(bound: string): string {
  return bound.slice(0, bound.indexOf(":"));
}

const risks: readonly Risk[] = ["none", "low", "medium", "high"];

function worst(some: readonly Risk[]): Risk {
  return risks.findLast((risk) => some.includes(risk)) ?? "none";
}
