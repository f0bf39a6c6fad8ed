import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { report } from "../../../src/cli/commands/report.ts";
import { catchIo } from "../../support/read-io.ts";
import { finishedRun } from "../../support/read-run.ts";

test("a report is printed into a pipe and written to a private file on a terminal", async () => {
  const { dir, run } = await finishedRun();
  const piped = catchIo(dir);
  expect(await report({ run, output: undefined }, piped.globals, piped.io)).toBe(0);
  expect(piped.out()).toMatch(new RegExp(`^# ${run}: Outer work`));
  const tty = catchIo(dir, { tty: true });
  expect(await report({ run, output: undefined }, tty.globals, tty.io)).toBe(0);
  const file = path.join(dir, `${run}-report.md`);
  expect(tty.out()).toBe(`Report of ${run}: ${file}\n`);
  expect(readFileSync(file, "utf8")).toBe(piped.out());
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a named file is replaced, and `-` prints even on a terminal", async () => {
  const { dir, run } = await finishedRun();
  const { io, globals } = catchIo(dir, { json: true });
  await report({ run, output: "r.md" }, globals, io);
  expect(await report({ run, output: "r.md" }, globals, io)).toBe(0);
  expect(existsSync(path.join(dir, "r.md"))).toBe(true);
  const tty = catchIo(dir, { tty: true });
  await report({ run, output: "-" }, tty.globals, tty.io);
  expect(tty.out()).toContain("## Summary");
});

test("a place that cannot be written is an error with a way out", async () => {
  const { dir, run } = await finishedRun();
  mkdirSync(path.join(dir, "taken"));
  const { io, globals } = catchIo(dir);
  await expect(report({ run, output: "no/such/dir.md" }, globals, io)).rejects.toMatchObject({
    code: "STATE_UNWRITABLE",
    hint: expect.stringContaining("-o FILE"),
  });
  await expect(report({ run, output: "taken" }, globals, io)).rejects.toMatchObject({
    code: "STATE_UNWRITABLE",
  });
});

test("a record with a gap is reported loudly and ends with exit code 9", async () => {
  const { dir, run, host } = await finishedRun();
  host.store.close();
  const db = new Database(path.join(dir, "state.db"));
  db.exec("DROP TRIGGER events_append_only_delete");
  db.exec("DELETE FROM events WHERE seq = 4");
  db.close();
  const { io, globals, out } = catchIo(dir);
  expect(await report({ run, output: "-" }, globals, io)).toBe(9);
  expect(out()).toContain("THIS RECORD DOES NOT VERIFY");
});
