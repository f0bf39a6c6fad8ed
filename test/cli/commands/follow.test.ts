import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { logs, type LogsArgs } from "../../../src/cli/commands/logs.ts";
import { timeline } from "../../../src/cli/commands/timeline.ts";
import { catchIo } from "../../support/read-io.ts";
import { answer, finishedRun, smallBench } from "../../support/read-run.ts";

const whole = { step: null, types: [], since: null, failed: false, local: false, jsonl: true } as const;

/** A run that waits at its gate, and somebody who looks on from another terminal. */
async function watched(args: Partial<LogsArgs>) {
  const made = await smallBench();
  const run = made.start({ fail: 0, text: "hello" });
  await made.drive(run);
  const { io, globals, out } = catchIo(made.dir);
  const wanted = { run, step: undefined, name: undefined, follow: true, jsonl: false, ...args };
  const code = logs(wanted, globals, io);
  const goOn = async (): Promise<void> => {
    answer(made, run, { type: "approve", reason: "looks right" });
    await made.drive(run, { resumed: "again" });
  };
  return { ...made, run, code, goOn, out, io, globals };
}

test("logs --follow prints what is left already, then what comes, child runs included, until the run has ended", async () => {
  const { code, goOn, out } = await watched({});
  await sleep(300);
  expect(out().match(/^== /gm)).toHaveLength(1);
  const ended = await Promise.race([code, sleep(100, "goes on")]);
  expect(ended).toBe("goes on");
  await goOn();
  expect(await code).toBe(0);
  expect(
    out()
      .match(/^== \S+ \w+/gm)
      ?.map((line) => line.split(" ")[2]),
  ).toEqual(["look", "inside", "act"]);
});

test("with --jsonl they are the events as they are stored", async () => {
  const { dir, run, code, goOn, out } = await watched({ jsonl: true });
  await sleep(300);
  const first = out();
  expect(first).toContain('"type":"gate.opened"');
  await goOn();
  await code;
  expect(out().startsWith(first)).toBe(true);
  const { io, globals, out: stored } = catchIo(dir);
  await timeline({ ...whole, run }, globals, io);
  expect(out()).toBe(stored());
});

test("only one step or artifact may be followed, also before the run has come to it", async () => {
  const { code, goOn, out } = await watched({ step: "act", name: "echo.txt" });
  await goOn();
  await code;
  expect(out().match(/^== .*/gm)).toEqual([expect.stringMatching(/ act attempt 1: echo\.txt/)]);
});

test("a run that has ended is printed and not waited for", async () => {
  const { dir, run } = await finishedRun();
  const { io, globals, out } = catchIo(dir);
  const args = { run, step: undefined, name: undefined, follow: true, jsonl: false };
  expect(await logs(args, globals, io)).toBe(0);
  expect(out().match(/^== /gm)).toHaveLength(3);
});

test("a step that the run does not list, and --jsonl alone, are refused at once", async () => {
  const { dir, run } = await finishedRun();
  const { io, globals } = catchIo(dir);
  const args = { run, step: "lok", name: undefined, follow: true, jsonl: false };
  await expect(logs(args, globals, io)).rejects.toThrow(/look/);
  const alone = { ...args, step: undefined, follow: false, jsonl: true };
  await expect(logs(alone, globals, io)).rejects.toMatchObject({
    code: "USAGE",
    hint: expect.stringContaining("timeline"),
  });
});
