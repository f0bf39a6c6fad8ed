import { expect, test } from "vitest";
import { diff } from "../../../src/cli/commands/diff.ts";
import { catchIo } from "../../support/read-io.ts";
import { answer, smallBench } from "../../support/read-run.ts";

/** A database with two runs: one that was approved, and one that was rejected. */
async function twoRuns() {
  const made = await smallBench();
  const [run, other] = [made.start({ fail: 0, text: "one" }), made.start({ fail: 0, text: "two" })];
  for (const id of [run, other]) await made.drive(id);
  answer(made, run, { type: "approve", reason: "looks right" });
  answer(made, other, { type: "reject", reason: "not now" });
  for (const id of [run, other]) await made.drive(id, { resumed: "again" });
  return { dir: made.dir, run, other };
}

test("two runs are compared by what a person sees of them", async () => {
  const { dir, run, other } = await twoRuns();
  const { io, globals, out } = catchIo(dir);
  expect(await diff({ run, other }, globals, io)).toBe(0);
  const [first, second] = out().split("\n");
  expect(first).toMatch(new RegExp(`^- ${run}  outer  succeeded  2`));
  expect(second).toMatch(new RegExp(`^\\+ ${other}  outer  `));
  expect(out()).toContain("Inputs\n  text\n    - one\n    + two\n");
  expect(out()).toMatch(/Path\n[^]*- act succeeded/);
});

test("a program gets the same as JSON", async () => {
  const { dir, run, other } = await twoRuns();
  const { io, globals, out } = catchIo(dir, { json: true });
  await diff({ run: other, other: run }, globals, io);
  expect(JSON.parse(out())).toMatchObject({
    schema: "runwright.dev/diff/v1",
    one: other,
    other: run,
    inputs: [{ what: "text", one: "two", other: "one" }],
  });
});

test("a run that is not there is named", async () => {
  const { dir, run } = await twoRuns();
  const { io, globals } = catchIo(dir);
  await expect(diff({ run, other: "R-ZZZZ" }, globals, io)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
});
