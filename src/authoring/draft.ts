/** A first draft of a runbook, from what a recorded run did: its path as a line of states, without its conditions. */
import path from "node:path";
import { RunbookError } from "../model/error.ts";
import { isOf, type RunEvent, type Target, type EventOf } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Fake } from "../testing/fake.ts";
import { statesText } from "./draft-states.ts";
import { inputOrigins } from "./value-origins.ts";
import { recordedStates, type RecordedState } from "./recorded-path.ts";
import { pageFor, type NewFile } from "./template.ts";

/** The files of a draft: the runbook, a test that plays the run on it, what the run's steps returned, and a page. */
export async function fromRecord(name: string, events: readonly RunEvent[]): Promise<readonly NewFile[]> {
  const [start] = events.filter((event) => isOf(event, "run.started"));
  const visited = recordedStates(events);
  if (start === undefined || visited.length === 0)
    throw new RunbookError("USAGE", "The run has done nothing yet that a draft could be made of.");
  const usable = Object.entries(start.data.input).filter(([, value]) => schemaOf(value) !== null);
  const states = statesText(visited, inputOrigins(Object.fromEntries(usable)));
  const target = targetText(start.data.target, usable);
  const used = usable.filter(([field]) => new RegExp(`\\binput\\.${field}\\b`).test(states + target));
  const recording = recorded(visited, Object.fromEntries(used));
  return [
    { file: path.join("runbooks", `${name}.ts`), text: runbookText(name, { start, states, target, used }) },
    { file: path.join("test", `${name}.test.ts`), text: testText(name, start.run) },
    {
      file: path.join("test", `${name}.recording.json`),
      text: `${JSON.stringify(recording, undefined, 2)}\n`,
    },
    await pageFor(name),
  ];
}

interface RunbookDraft {
  readonly start: EventOf<"run.started">;
  readonly states: string;
  /** A line of the header, or nothing. */
  readonly target: string;
  readonly used: readonly (readonly [string, Json])[];
}

/** What the run acted on: the draft holds it, too, so that two runs never act on it at once. */
function targetText(target: Target | null, inputs: readonly (readonly [string, Json])[]): string {
  if (target === null || target.dir === target.practice) return "";
  const parts = (["dir", "workspace", "region"] as const).map((part) => {
    const isInput = inputs.some(([field, value]) => field === part && typeof value === "string");
    return `${part}: ${isInput ? `input.${part}` : JSON.stringify(target[part])}`;
  });
  return `  target: (input) => ({ ${parts.join(", ")} }),\n`;
}

function runbookText(name: string, { start, states, target, used }: RunbookDraft): string {
  const words = ["step", "gate", "choice", "wait"].filter((word) => states.includes(`: ${word}(`));
  const isSecret = used.some(([, value]) => schemaOf(value) === "secretReference");
  return `// A first draft: what run ${start.run} did, in its order. Why it went this way is not in its record, and so is yours to write:
// routes past what need not be done, rescues for known failures, criteria for what has to hold in the end.
${start.data.criteria.map(({ step, title }) => `// The run was judged by \`${step}\`: ${oneLine(title)}.\n`).join("")}import { ${["runbook", ...(isSecret ? ["secretReference"] : [])].join(", ")} } from "runwright";
import * as steps from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({
${used.map(([field, value]) => `  ${field}: ${schemaOf(value) ?? ""},\n`).join("")}});
const { ${[...words, "define"].join(", ")} } = runbook(${JSON.stringify(name)}, {
  title: "Say what it is for",
  input: Input,
${target}});

export default define({
${states}
});
`;
}

/** A title is text from outside: it may not end the comment that it stands in. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

function schemaOf(value: Json): string | null {
  if (typeof value === "string") return /^(env|file):/.test(value) ? "secretReference" : "z.string()";
  if (typeof value === "number") return "z.int()";
  if (typeof value === "boolean") return "z.boolean()";
  const isTexts = Array.isArray(value) && value.every((item) => typeof item === "string");
  return isTexts ? "z.array(z.string())" : null;
}

/** What a test needs to play the run on the draft: plain JSON. */
function recorded(visited: readonly RecordedState[], input: JsonObject) {
  const steps = visited.flatMap((passage): readonly Fake[] =>
    passage.type === "step"
      ? [{ kind: passage.kind, at: passage.name, plays: [{ type: "returns", output: passage.output }] }]
      : [],
  );
  const answers = visited.flatMap((passage) => {
    if (passage.type === "gate") return [[passage.name, "approve"]];
    return passage.type === "choice" ? [[passage.name, passage.chosen]] : [];
  });
  return { input, steps, answers: Object.fromEntries(answers) };
}

function testText(name: string, run: string): string {
  return `import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { simulate, type Simulation } from "runwright/testing";
import runbook from "../runbooks/${name}.ts";

/** What run ${run} was given, what its steps returned, and what people answered. */
const recording = readFileSync(new URL("./${name}.recording.json", import.meta.url), "utf8");

test("it goes the way that run ${run} went", async () => {
  const run = await simulate(runbook, JSON.parse(recording) as Simulation);
  assert.equal(run.fault, null);
  assert.equal(run.end, "succeeded");
});
`;
}
