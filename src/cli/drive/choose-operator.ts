import { answersAt } from "../../engine/scripted-answers.ts";
import { practiceActor, practiceAnswer } from "../../practice/operator.ts";
import type { Practice } from "../../practice/practice.ts";
import { attachFiles } from "../../runs/attach-files.ts";
import { summaryOf } from "../../runs/find-run.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import type { Operator } from "../../runs/prompt-queue.ts";
import type { Workspace } from "../../runs/workspace.ts";
import type { Globals, Io, RunView } from "../io.ts";
import type { Interrupts } from "../terminal/interrupts.ts";
import type { DriveFlags } from "./drive-flags.ts";

/** What the scripted operator was told to answer. */
export type PracticeAnswers = NonNullable<Practice["answers"]>;

interface OperatorOptions extends Pick<DriveFlags, "auto" | "ask"> {
  readonly id: string;
  readonly answers: PracticeAnswers;
  readonly workspace: Workspace;
  readonly view: RunView;
  readonly interrupts: Interrupts;
}

/** Who answers gates here: the scripted operator, the person at the terminal, or nobody. */
export async function operatorFor(
  asking: OperatorOptions,
  globals: Globals,
  io: Io,
): Promise<Operator | null> {
  const { auto, ask, answers, workspace, id } = asking;
  if (auto) return scriptedOperator(answers);
  if (!ask || !io.stdin.isTTY || summaryOf(workspace.store, id).endedAt !== null) return null;
  return personAt(asking, globals, io);
}

function scriptedOperator(answers: PracticeAnswers): Operator {
  return {
    actor: practiceActor,
    ask: async (gate, { start: { runbook } }) =>
      practiceAnswer(gate, answersAt(answers, `${runbook.id}/${gate.step}`, gate.step)),
  };
}

async function personAt(
  { workspace, view, interrupts }: OperatorOptions,
  globals: Globals,
  io: Io,
): Promise<Operator> {
  const { createPrompts, PromptInterrupted } = await import("../terminal/prompts.ts");
  const actor = actorAtKeyboard(io);
  const prompts = createPrompts(
    { ...io, now: workspace.now },
    {
      color: globals.color,
      pause: view.pause,
      resume: view.resume,
      actor,
      attach: (run, files) => attachFiles(workspace, run, files),
    },
  );
  return {
    actor,
    ask: async (gate, summary, signal) => {
      try {
        return await prompts.ask(gate, summary, signal);
      } catch (error) {
        if (!(error instanceof PromptInterrupted)) throw error;
        interrupts.interrupt();
        return undefined;
      }
    },
  };
}
