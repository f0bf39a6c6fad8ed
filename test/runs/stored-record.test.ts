import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { storedSubmission, wholeNotes } from "../../src/runs/stored-record.ts";
import { openDatabase } from "../../src/store/database.ts";
import { alone, asks, started } from "./small-run.ts";

async function driven() {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const { store, blobs } = workspace;
  const db = openDatabase(store.file);
  const close = () => (db.close(), workspace.close());
  return { store, run, anchor: store.anchor.file, opened: { store, blobs, db }, close };
}

test("a note that a crash has cut is not taken for one, and hides none of the others", async () => {
  const { store, anchor, close } = await driven();
  const whole = readFileSync(anchor, "utf8");
  expect(wholeNotes(store)).toBe(whole);
  appendFileSync(anchor, "12 0af1");
  expect(wholeNotes(store)).toBe(whole);
  const [first = ""] = whole.split("\n");
  appendFileSync(anchor, `\n${first}\n`);
  expect(wholeNotes(store)).toBe(`${whole}${first}\n`);
  close();
});

test("without an anchor there are no notes, which is told apart from notes that say nothing", async () => {
  const { store, run, anchor, opened, close } = await driven();
  const submitted = () => storedSubmission(opened, [run]);
  expect(submitted().notes?.notes.length).toBeGreaterThan(0);
  rmSync(anchor);
  expect([wholeNotes(store), submitted().notes]).toEqual(["", null]);
  close();
});

test("what is handed in are the rows of the named runs, or of the whole log", async () => {
  const { store, run, opened, close } = await driven();
  const own = storedSubmission(opened, [run]);
  expect([...own.rows].map(({ seq }) => seq)).toEqual(store.log.events(run).map(({ seq }) => seq));
  const all = storedSubmission(opened, []);
  expect([...all.rows].at(-1)?.seq).toBe(store.lastSeq());
  expect(await own.file("blobs", "0".repeat(64))).toBeNull();
  close();
});
