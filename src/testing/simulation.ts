import type { ScriptedAnswers } from "../engine/scripted-answers.ts";
import { safeParse } from "zod";
import { RunbookError } from "../model/error.ts";
import type { Actor } from "../model/event.ts";
import { issueText } from "../model/issue-text.ts";
import { toJson, type JsonObject } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";
import type { Fake } from "./fake.ts";

/** What a simulated run meets. */
export interface Simulation {
  readonly input?: JsonObject;
  readonly steps?: readonly Fake[];
  readonly answers?: ScriptedAnswers;
  /** Where the operator cancels the run, a second after it has entered one of these states. */
  readonly cancelAt?: string | readonly string[];
  /** Whether only what happened may happen: then nothing is played or answered once more than it was. */
  readonly isRecorded?: boolean;
  /** When the run starts; it takes no real time. */
  readonly start?: Date;
}

/** Who starts a simulated run. */
export const requester: Actor = { kind: "human", id: "requester", identified: "claimed" };

/** The id of a simulated run. */
export const simulatedRun = "R-0000";

/** The input as the runbook's schema reads it. */
export function parsedInput(runbook: Runbook, input: JsonObject): JsonObject {
  const read = safeParse(runbook.input, input);
  if (read.success) return toJson(read.data, "input") as JsonObject;
  throw new RunbookError("INPUT_MALFORMED", `The simulation's input does not fit: ${issueText(read.error)}.`);
}
