import { mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Globals, Io } from "../../../src/cli/io.ts";
import { resume } from "../../../src/cli/commands/resume.ts";
import { run } from "../../../src/cli/commands/run.ts";
import { unattended } from "../../../src/cli/drive/drive-flags.ts";
import { catchIo } from "../../support/read-io.ts";
import { writeSmall } from "../../support/runbook-files.ts";

/** A directory with one runbook, and commands in it; all that they say is kept. */
function desk(states: string) {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-versions-"));
  const write = (text: string): void => writeSmall(dir, text);
  write(states);
  const said = (work: (io: Io, globals: Globals) => Promise<number>, more: Partial<Globals> = {}) => {
    const { io, globals, out } = catchIo(dir);
    return work(io, { ...globals, ...more }).then((code) => ({ code, out: out() }));
  };
  return {
    write,
    start: (more?: Partial<Globals>) =>
      said((io, globals) => run({ runbook: "small", input: [], ...unattended }, globals, io), more),
    dir,
    goOn: (migrate: boolean, more?: Partial<Globals>) =>
      said((io, globals) => resume({ run: null, migrate, ...unattended }, globals, io), more),
  };
}

const ask = `go: gate(() => ({ title: "Go on?", summary: "", risk: "low" }))`;

test("resume says which states were added, removed and changed, and goes on with the run's own copy", async () => {
  const { write, start, goOn } = desk(`${ask}, then: wait(() => "1s")`);
  expect((await start()).code).toBe(8);
  expect((await goOn(false)).out).not.toContain("has changed");
  write(`${ask.replace("}))", `}), { title: "Really?" })`)}, more: wait(() => "2s")`);
  const { code, out } = await goOn(false);
  expect(code).toBe(8);
  expect(out).toMatch(
    /changed {2}go: "go" is now "Really\?"; no longer approved to then; now approved to more/,
  );
  expect(out).toContain("added    more: wait");
  expect(out).toContain("removed  then: wait");
  expect(out).toContain("continues with the copy that it started with");
  expect(out).toMatch(/runwright resume R-\w+ --migrate/);
});

test("a file on which the events lead elsewhere is not offered", async () => {
  const { write, start, goOn } = desk(ask);
  await start();
  write(ask.replace("go:", "other:"));
  expect((await goOn(false)).out).toContain("It cannot continue with the file as it is now");
  await expect(goOn(true)).rejects.toMatchObject({ code: "RUNBOOK_CHANGED" });
});

test("a run whose guard threw goes on with the mended file", async () => {
  const guard = `wait: wait(() => "1ms"), fork: branch([{ when: () => { throw new Error("oops"); }, to: "failed" }])`;
  const { write, start, goOn } = desk(guard);
  expect((await start()).code).toBe(1);
  expect((await goOn(false)).code).toBe(1);
  write(guard.replace(`throw new Error("oops");`, "return false;"));
  expect((await goOn(true)).code).toBe(0);
});

test("a guard that throws is told with its line in the file, also from the copy that the run keeps", async () => {
  const guard = `pause: wait(() => "1ms"),
  fork: branch([{ when: () => { throw new Error("oops"); }, to: "failed" }])`;
  const { write, start, goOn } = desk(guard);
  const first = await start({ debug: true });
  expect(first.code).toBe(1);
  expect(first.out).toContain("Error: oops (small.ts:5:39)");
  expect(first.out).toMatch(/^ +at when \(small\.ts:5:39\)$/m);
  expect(first.out).toContain("next: Fix the runbook's file at this place");
  expect(first.out).toMatch(/Fix it, then: runwright resume R-\w+ --migrate/);
  write(`\n\n\n${guard}`);
  const again = await goOn(false, { debug: true });
  expect(again.out).toMatch(/^ +at when \(small\.ts:5:39\)$/m);
});

test("a first state that throws starts no run, and is told with its line", async () => {
  const { start } = desk(`\npause: wait(() => { throw new Error("oops"); })`);
  await expect(start()).rejects.toMatchObject({
    code: "RUNBOOK_BROKEN",
    message: "Runbook `small` cannot start: Error: oops (small.ts:5:27).",
  });
});

test("a run that was started by a path is moved by naming it again", async () => {
  const { start, dir } = desk(ask);
  await start();
  const away = path.join(dir, "away.ts");
  renameSync(path.join(dir, "runbooks", "small.ts"), away);
  writeFileSync(away, readFileSync(away, "utf8").replace("Go on?", "Really?"));
  const { io, globals, out } = catchIo(dir);
  const args = { run: null, migrate: true, ...unattended };
  await expect(resume(args, globals, io)).rejects.toMatchObject({
    code: "RUNBOOK_UNKNOWN",
    hint: expect.stringMatching(/^Name its file: runwright resume R-\w+ --migrate --runbook FILE$/),
  });
  expect(await resume({ ...args, runbook: "./away.ts" }, globals, io)).toBe(8);
  expect(out()).toContain("the run follows another runbook now");
});
