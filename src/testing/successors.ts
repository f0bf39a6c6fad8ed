/** What may happen next at a point of the walk: each outcome of a step, each answer of a person, the end of a wait. */
import { answersAt, type AttributedAnswer, type ScriptedAnswers } from "../engine/scripted-answers.ts";
import { decide, type Decision } from "../engine/decide.ts";
import type { RunTree } from "../engine/run-tree.ts";
import { timerNamed, type PendingStep } from "../engine/pending.ts";
import type { RunState } from "../engine/state.ts";
import { RunbookError } from "../model/error.ts";
import { engineActor, type Actor, type Draft, type Gate, type RunEvent } from "../model/event.ts";
import { shorten } from "../model/shorten.ts";
import { fakeFor, fails, playedAnswer, type Fake, type PlayedAnswer } from "./fake.ts";
import { nextOpen } from "./state-key.ts";
import { playAlone } from "./memory-host.ts";
import { summarise } from "../model/summary.ts";
import type { Simulation } from "./simulation.ts";

/** One thing that may happen, in words and as the events that begin with it. */
export interface Successor {
  readonly answer: string;
  readonly drafts: readonly Draft[];
  /** What is tried only where the walk comes to it first, because it is the same everywhere. */
  readonly once?: string;
}

interface WalkState {
  readonly tree: RunTree;
  /** What has happened so far. */
  readonly events: () => readonly RunEvent[];
}

type ScriptedInputs = Pick<Simulation, "steps" | "answers">;

export async function successors(walk: WalkState, given: ScriptedInputs): Promise<readonly Successor[]> {
  const next = nextOpen(walk.tree);
  if (next === null) return [];
  const { state, pending } = next;
  switch (pending.type) {
    case "step":
      if (pending.started === null && pending.permission !== null)
        return answersTo(walk, state, pending.permission.gate, given.answers ?? {});
      if (pending.doubt === null) return outcomes(state, pending, given.steps ?? []);
      return answersTo(walk, state, pending.doubt.gate, given.answers ?? {});
    case "gate":
      return pending.gate === null ? [] : answersTo(walk, state, pending.gate, given.answers ?? {});
    case "timer": {
      const data = timerNamed(pending);
      return [{ answer: "", drafts: [{ run: state.run, type: "timer.fired", actor: engineActor, data }] }];
    }
    case "child":
      return [];
  }
}

/** Every answer of the step's fake, and a failure that nobody foresaw. */
async function outcomes(
  state: RunState,
  pending: PendingStep,
  steps: readonly Fake[],
): Promise<readonly Successor[]> {
  const { id, step } = pending;
  const fake = fakeFor(steps, `${state.runbook.id}/${id}`, step.kind);
  const way = async (play: PlayedAnswer): Promise<Successor> => ({
    answer: wordsOf(id, play),
    drafts: await playAlone({ ...fake, plays: [play] }, state, pending),
  });
  const foreseen = await Promise.all(fake.plays.map(way));
  return [
    ...foreseen,
    { ...(await way(playedAnswer(fails("UNEXPECTED")))), once: `${state.runbook.id}/${id}` },
  ];
}

function wordsOf(id: string, play: PlayedAnswer): string {
  switch (play.type) {
    case "returns":
      return `${id} returns ${short(play.output)}`;
    case "fails":
      return `${id} fails ${play.failure.code}`;
    case "lost":
      return `${id} is lost: ${short(play.says)}`;
    case "calls":
      return `${id} is played`;
  }
}

function short(value: unknown): string {
  return shorten(JSON.stringify(value), 59);
}

/** Every option of a gate; a form is filled in as the test says. */
function answersTo(
  walk: WalkState,
  state: RunState,
  gate: Gate,
  answers: ScriptedAnswers,
): readonly Successor[] {
  const events = walk.events().filter(({ run }) => run === state.run);
  const said = answersAt(answers, `${state.runbook.id}/${gate.step}`, gate.step);
  const given = summarise(events).approvals.filter((one) => one.gate.gate === gate.gate).length;
  const actor: Actor = { kind: "human", id: approverOf(gate, given), identified: "claimed" };
  return decisionsOn(gate, said).map(({ answer, decision }) => {
    const deciding = { run: state.run, gate: gate.gate, digest: gate.digest, decision, actor };
    return { answer: `${gate.step}: ${answer}`, drafts: [decide(events, deciding, new Date(0))] };
  });
}

/** Somebody who may approve and has not. */
function approverOf({ approvers }: Gate, given: number): string {
  return (typeof approvers === "string" ? undefined : approvers[given]) ?? `approver-${given + 1}`;
}

interface ScriptedDecision {
  readonly answer: string;
  readonly decision: Decision;
}

const reason = "simulated";

function decisionsOn(gate: Gate, said: readonly AttributedAnswer[]): readonly ScriptedDecision[] {
  switch (gate.kind) {
    case "approval":
      return (["approve", "reject"] as const).map((type) => ({
        answer: type,
        decision: { type, reason },
      }));
    case "input": {
      const given = said.flatMap((one) => (typeof one === "object" && "give" in one ? [one.give] : []));
      if (given.length > 0)
        return given.map((values) => ({ answer: short(values), decision: { type: "give", values } }));
      throw new RunbookError("SIMULATION_BROKEN", `Nobody fills in the form of gate \`${gate.gate}\`.`);
    }
    case "choice":
    case "inDoubt":
      return gate.options.flatMap(({ id, disabled }) => choices(gate, id, said, disabled !== null));
  }
}

/** What a step would have returned is known only where the test says it. */
function choices(
  gate: Gate,
  id: string,
  said: readonly AttributedAnswer[],
  isDisabled: boolean,
): readonly ScriptedDecision[] {
  if (isDisabled) return [];
  const choice = { type: "choose", choice: id, reason } as const;
  if (gate.kind !== "inDoubt" || id !== "done") return [{ answer: id, decision: choice }];
  return said.flatMap((one) =>
    typeof one === "object" && "output" in one && one.output !== undefined
      ? [{ answer: id, decision: { ...choice, output: one.output } }]
      : [],
  );
}
