import { expect, test } from "vitest";
import { statesText } from "../../src/authoring/draft-states.ts";
import type { Gate } from "../../src/model/event.ts";
import { gate } from "../support/made-events.ts";

const asked: Gate = { ...gate("ask"), shown: { title: "Which?", summary: "", risk: "low" }, kind: "choice" };
const option = { danger: false, suggested: false, reasonNeeded: false, disabled: null };
const choice = {
  type: "choice",
  name: "ask",
  title: "Ask",
  chosen: "left",
  gate: {
    ...asked,
    options: [
      { ...option, id: "left", label: "Left" },
      { ...option, id: "right", label: "Right", danger: true },
    ],
  },
} as const;
const wait = { type: "wait", name: "pause", title: "Pause", duration: "5s" } as const;

test("the option that was chosen leads on, and every other to the end that says that nothing was mended", () => {
  const text = statesText([choice, wait], []);
  expect(text).toContain('"left": { label: "Left", to: "pause", danger: false }');
  expect(text).toContain('"right": { label: "Right", to: "failed", danger: true }');
  expect(statesText([choice], [])).toContain('"left": { label: "Left", to: "succeeded"');
});

test("a choice is shown without the risk that belongs to an approval", () => {
  expect(statesText([choice], [])).toContain('ask: choice(() => ({ title: "Which?", summary: "" })');
  expect(statesText([wait], [])).toBe('  pause: wait(() => "5s", { title: "Pause" }),');
});

test("a later step takes what an earlier one returned, the newest first", () => {
  const look = (name: string) =>
    ({
      type: "step",
      name,
      title: name,
      kind: "http.probe",
      input: {},
      output: { error: "it broke" },
    }) as const;
  const act = { ...look("act"), input: { url: "it broke" } };
  expect(statesText([look("one"), look("two"), act], [])).toContain(
    '({ get }) => ({ url: get(steps.httpProbe, "two").error })',
  );
});

test("a kind that is not among the steps is left to the author to name", () => {
  const own = { type: "step", name: "own", title: "Own", kind: "my.own", input: {}, output: {} } as const;
  expect(statesText([own], [])).toContain("step(steps.unknown /* my.own */,");
});
