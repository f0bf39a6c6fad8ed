import type { z } from "zod";
import type { ScriptedAnswers, ScriptedAnswer } from "../engine/scripted-answers.ts";
import type { Runbook } from "../runbook/types.ts";
import type { PracticeWorld } from "./facts.ts";
import type { FaultRequest } from "./world/faults.ts";
import type { Trouble } from "./world/troubles.ts";

/**
 * How a runbook is practised: the world that it meets, what it is told of it, and what the scripted operator says.
 * `practice/NAME.ts` exports one by default, which `satisfies Practice<typeof runbook>`.
 */
export interface Practice<R extends Runbook = Runbook> {
  /** What is wrong in the world when the run starts; nothing by default. */
  readonly wrong?: readonly Trouble[];
  /** Calls that fail, in their order. */
  readonly faults?: readonly FaultRequest[];
  /** Whether `terraform init` was run in the world's directory, for a runbook that is usually a child of others. */
  readonly initialised?: boolean;
  readonly input: (world: PracticeWorld) => z.input<R["input"]>;
  /** By the gate's state; elsewhere the scripted operator approves, and takes what is suggested. */
  readonly answers?: ScriptedAnswers<ScriptedAnswer>;
}
