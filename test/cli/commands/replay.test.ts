import path from "node:path";
import { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { expect, test } from "vitest";
import { replay } from "../../../src/cli/commands/replay.ts";
import { sha256 } from "../../../src/model/json.ts";
import { answer } from "../../support/read-run.ts";
import { catchIo } from "../../support/read-io.ts";
import { Terminal, ioOn } from "../view/terminal.ts";
import { bench } from "../../support/world-free.ts";
import { evaluate } from "../../../src/loader/evaluate.ts";
import { openDatabase } from "../../../src/store/database.ts";

const text = `
const { runbook } = require("runwright");
const { z } = require("zod");
const book = runbook("small", { title: "Small", input: z.strictObject({ text: z.string() }) });
module.exports.default = book.define({
  approve: book.gate(({ input }) => ({ title: "Go on?", summary: input.text, risk: "high" })),
  again: book.gate(({ input }) => ({ title: "Really?", summary: input.text, risk: "high" })),
});
`;

/** A run of a runbook whose text is kept, approved once and waiting again. */
async function waitingRun() {
  const made = bench(await evaluate(text, "small.ts"));
  const source = await made.host.blobs.put(Buffer.from(text));
  expect(source).toBe(sha256(text));
  const run = made.start({ text: "hello" }, source);
  await made.drive(run);
  answer(made, run, { type: "approve", reason: "looks right" });
  await made.drive(run, { resumed: "again" });
  return { ...made, run };
}

const plainly = { speed: null, at: null } as const;

test("a replay tells what the operator saw, gates as they were shown, and that it recomputed", async () => {
  const { dir, run } = await waitingRun();
  const { io, globals, out } = catchIo(dir);
  expect(await replay({ run, ...plainly }, globals, io)).toBe(0);
  expect(out()).toContain("Go on?");
  expect(out()).toContain("looks right");
  expect(out()).toMatch(/End of the record: \d+ events, recomputed as stored/);
});

test("the state after an event is the machine's, with the gate that was open and the screen", async () => {
  const { dir, run, host } = await waitingRun();
  const opened = host.store.log.events(run).find(({ type }) => type === "gate.opened");
  const json = catchIo(dir, { json: true });
  await replay({ run, ...plainly, at: `#${opened?.rseq}` }, json.globals, json.io);
  expect(JSON.parse(json.out())).toMatchObject({
    schema: "runwright.dev/moment/v1",
    runs: [{ run, value: "approve", context: { input: { text: "hello" } }, end: null }],
    gates: [
      {
        run,
        gate: { gate: "approve", digest: opened?.data && "digest" in opened.data ? opened.data.digest : "" },
      },
    ],
  });
  expect(json.out()).not.toContain("looks right");
  const people = catchIo(dir);
  await replay({ run, ...plainly, at: "1" }, people.globals, people.io);
  expect(people.out()).toMatch(/state:? +approve/);
  await expect(replay({ run, ...plainly, at: "99" }, people.globals, people.io)).rejects.toMatchObject({
    code: "USAGE",
  });
});

test("a stored snapshot that its events do not lead to is an integrity failure", async () => {
  const { dir, run } = await waitingRun();
  const db = openDatabase(path.join(dir, "state.db"));
  db.prepare("UPDATE runs SET snapshot = replace(snapshot, 'hello', 'hallo') WHERE run = ?").run(run);
  db.close();
  const { io, globals, out } = catchIo(dir);
  const failing = replay({ run, ...plainly }, globals, io);
  await expect(failing).rejects.toMatchObject({ code: "RECORD_BROKEN", exitCode: 9 });
  await expect(failing).rejects.toThrow(/the snapshot.*hallo/);
  expect(out()).toBe("");
});

test("on a terminal keys hold it, take it on event by event, and end it", async () => {
  const { dir, run } = await waitingRun();
  const { globals, io } = catchIo(dir);
  const terminal = new Terminal({ columns: 80, rows: 24 });
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => raw.push(on),
  }) as unknown as ReadStream;
  const playing = replay({ run, ...plainly, speed: 1 }, globals, {
    ...ioOn(terminal, { ...io, stdout: terminal as unknown as WriteStream }),
    stdin,
  });
  for (const keys of [" ", "g2\r", "q"]) stdin.push(keys);
  expect(await playing).toBe(0);
  expect(raw).toEqual([true, false]);
  const seen = await terminal.everything();
  expect(seen).toContain("Go on?");
  expect(seen).not.toContain("looks right");
  expect(seen).not.toContain("End of the record");
});
