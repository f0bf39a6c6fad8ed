import { createHash } from "node:crypto";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { list } from "../../../src/cli/commands/list.ts";
import { logs } from "../../../src/cli/commands/logs.ts";
import { show } from "../../../src/cli/commands/show.ts";
import { status } from "../../../src/cli/commands/status.ts";
import { timeline } from "../../../src/cli/commands/timeline.ts";
import { answer, finishedRun, smallBench } from "../../support/read-run.ts";
import { catchIo } from "../../support/read-io.ts";

/** All of a timeline, as it is without any flag. */
const whole = { step: null, types: [], since: null, failed: false, local: false, jsonl: false } as const;

/** A page of a list, as it is without any flag. */
const page = { all: false, limit: 20, before: null } as const;

function empty(): string {
  return mkdtempSync(path.join(tmpdir(), "runwright-none-"));
}

test("looking at nothing creates nothing", async () => {
  const dir = empty();
  const { io, globals, out } = catchIo(dir);
  expect(await list(page, globals, io)).toBe(0);
  expect(await status({ run: undefined }, globals, io)).toBe(0);
  await expect(status({ run: "7f3k" }, globals, io)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
  expect(out()).toContain("There are no runs yet");
  expect(existsSync(path.join(dir, "state.db"))).toBe(false);
});

test("a run that waits for a person says so, shows the gate and what to type", async () => {
  const made = await smallBench();
  const run = made.start({ fail: 0, text: "hello" });
  await made.drive(run);
  const { io, globals, out } = catchIo(made.dir);
  expect(await status({ run: run.slice(2).toLowerCase() }, globals, io)).toBe(0);
  expect(out()).toContain("WAITING for an approval");
  expect(out()).toContain("2/4 approve");
  expect(out()).toContain("Go on?");
  expect(out().trim().split("\n").at(-1)).toContain(`runwright approve ${run} approve --sha `);
  const json = catchIo(made.dir, { json: true });
  await status({ run: undefined }, json.globals, json.io);
  expect(JSON.parse(json.out())).toMatchObject({
    schema: "runwright.dev/status/v1",
    runs: [{ run, state: "waiting", step: { step: "approve", nth: 2, of: 4 }, engine: null }],
  });
});

test("a run that nothing drives is called interrupted, and the last line resumes it", async () => {
  const made = await smallBench();
  const run = made.start({ fail: 0, text: "hello" });
  const { io, globals, out } = catchIo(made.dir);
  await status({ run: undefined }, globals, io);
  expect(out()).toContain("INTERRUPTED");
  expect(out().trim().split("\n").at(-1)).toContain(`runwright resume ${run}`);
});

test("an ended run is listed with its state and shown with everything that it left", async () => {
  const { dir, run } = await finishedRun();
  const listed = catchIo(dir);
  await list(page, listed.globals, listed.io);
  expect(listed.out()).toMatch(new RegExp(`${run}\\s+outer\\s+succeeded`));
  expect(listed.out()).not.toContain("inner");
  const shown = catchIo(dir);
  await show({ run, step: undefined }, shown.globals, shown.io);
  expect(shown.out()).toContain("SUCCEEDED 1 follow-up open");
  expect(shown.out()).toMatch(/PASS\s+acted\s+it was acted\s+#\d+/);
  expect(shown.out()).toMatch(/confirmed\s+look\s+it says hello/);
  expect(shown.out()).toContain("Tell everybody");
  expect(shown.out()).toContain(createHash("sha256").update("hello\n").digest("hex").slice(0, 8));
});

test("a step is shown with its input, output and artifacts, and an unknown one names those there are", async () => {
  const { dir, run } = await finishedRun({ fail: 1 });
  const { io, globals, out } = catchIo(dir);
  await show({ run, step: "look" }, globals, io);
  expect(out()).toContain("attempt 1: FAILED");
  expect(out()).toContain("AWS_THROTTLED: Call 1 was throttled.");
  expect(out()).toContain("attempt 2: SUCCEEDED");
  expect(out()).toContain('"calls": 2');
  await expect(show({ run, step: "lok" }, globals, io)).rejects.toThrow(/look, act/);
});

const still = { follow: false, jsonl: false } as const;

test("one artifact is printed byte by byte, and several with headings", async () => {
  const { dir, run } = await finishedRun({ text: "a\u001b[31mb" });
  const one = catchIo(dir);
  await logs({ run, step: "look", name: "echo.txt", ...still }, one.globals, one.io);
  expect(one.bytes()).toEqual(Buffer.from("a\u001b[31mb\n"));
  const all = catchIo(dir);
  await logs({ run, step: undefined, name: undefined, ...still }, all.globals, all.io);
  expect(all.out().match(/^== /gm)).toHaveLength(3);
  const tty = catchIo(dir, { tty: true });
  await logs({ run, step: "look", name: undefined, ...still }, tty.globals, tty.io);
  expect(tty.out()).toContain("\\u{1b}[31m");
  expect(tty.out()).not.toContain("\u001b");
});

test("the stored bytes of a timeline hash to what is stored, child runs in their place", async () => {
  const made = await finishedRun();
  const { io, globals, out } = catchIo(made.dir);
  await timeline({ ...whole, run: made.run, jsonl: true }, globals, io);
  const lines = out().trimEnd().split("\n");
  const events = made.host.store.runTree(made.run).flatMap(({ run }) => made.host.store.log.events(run));
  const bySeq = events.toSorted((one, other) => one.seq - other.seq);
  const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
  const parts = lines.map((line) => line.split(/,(?="artifacts":)/));
  expect(parts.map(([envelope]) => digest(`\0${envelope}}`))).toEqual(bySeq.map(({ hash }) => hash));
  expect(parts.map(([, rest]) => digest(`{${rest}`))).toEqual(bySeq.map(({ commitment }) => commitment));
});

test("a timeline for people names who did what, in order", async () => {
  const made = await finishedRun();
  const { io, globals, out } = catchIo(made.dir);
  await timeline({ ...whole, run: made.run }, globals, io);
  expect(out()).toMatch(/ana\s+approve: APPROVED, because: looks right/);
  expect(out()).toMatch(/criterion acted PASS/);
  const json = catchIo(made.dir, { json: true });
  await timeline({ ...whole, run: made.run }, json.globals, json.io);
  expect(JSON.parse(json.out())).toMatchObject({ schema: "runwright.dev/timeline/v1", run: made.run });
});

test("text that would act on a terminal is spelt out wherever it is shown", async () => {
  const made = await smallBench();
  const run = made.start({ fail: 0, text: "x\u001b]0;y\u0007\u202e" });
  await made.drive(run);
  const { io, globals, out } = catchIo(made.dir);
  await status({ run }, globals, io);
  await show({ run, step: undefined }, globals, io);
  await show({ run, step: "look" }, globals, io);
  await timeline({ ...whole, run }, globals, io);
  answer(made, run, { type: "reject", reason: "no\u001b[2J" });
  await timeline({ ...whole, run }, globals, io);
  for (const acting of ["\u001b", "\u0007", "\u202e"]) expect(out()).not.toContain(acting);
  expect(out()).toContain("\\u{1b}");
});
