import path from "node:path";
import { PassThrough } from "node:stream";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { report } from "../../../src/cli/commands/report.ts";
import { signRun } from "../../../src/cli/commands/sign.ts";
import { timeline } from "../../../src/cli/commands/timeline.ts";
import { headOf, sign } from "../../../src/engine/sign.ts";
import { runTreeOf } from "../../../src/runs/find-run.ts";
import { catchIo } from "../../support/read-io.ts";
import { finishedRun, smallBench } from "../../support/read-run.ts";
import { ana, type Bench } from "../../support/world-free.ts";

const reason = "read all of it";

function familyIn(made: Bench, run: string) {
  return runTreeOf(made.host.store, run).map(({ events }) => events);
}

test("several people sign what they read, and report and timeline show it", async () => {
  const made = await finishedRun();
  const { dir, run } = made;
  const head = headOf(familyIn(made, run));
  for (const why of [reason, "so have I"]) {
    const { io, globals, out } = catchIo(dir);
    expect(await signRun({ run, reason: why, sha: head.hash.slice(0, 8) }, globals, io)).toBe(0);
    expect(out()).toContain(`signed ${run} off`);
  }
  const { io, globals, out } = catchIo(dir);
  expect(await report({ run, output: "-", form: "md", ascii: false }, globals, io)).toBe(0);
  const [, block = ""] = out().split("## Sign-off");
  expect(block).toMatch(new RegExp(`\\| ${reason} \\| event \`${head.seq}\`, hash \`${head.hash}\` \\|`));
  expect(block).toContain("| so have I |");
  const told = catchIo(dir);
  const whole = { step: null, types: ["record.signedOff"], since: null, failed: false, local: false };
  await timeline({ run, ...whole, jsonl: false }, told.globals, told.io);
  expect(told.out()).toContain(`SIGNED OFF up to event ${head.seq}`);
});

test("a head that is not the newest, or no head at all, is not signed", async () => {
  const made = await finishedRun();
  const { dir, run } = made;
  const family = familyIn(made, run);
  const early = family[0]?.[3]?.hash ?? "";
  const { io, globals } = catchIo(dir);
  await expect(signRun({ run, reason, sha: early }, globals, io)).rejects.toMatchObject({
    code: "SIGN_OFF_STALE",
  });
  await expect(signRun({ run, reason, sha: "1234567" }, globals, io)).rejects.toMatchObject({
    code: "USAGE",
  });
  await expect(signRun({ run, reason, sha: undefined }, globals, io)).rejects.toMatchObject({
    code: "TTY_NEEDED",
    hint: expect.stringContaining(headOf(family).hash.slice(0, 16)),
  });
  const sha = headOf(family).hash;
  await expect(signRun({ run, reason: " ", sha }, globals, io)).rejects.toMatchObject({
    code: "REASON_NEEDED",
  });
  expect(familyIn(made, run)).toEqual(family);
});

test("at a terminal the run's id is typed, and anything else signs nothing", async () => {
  const made = await finishedRun();
  const { dir, run } = made;
  for (const [typed, signed] of [
    ["yes", 0],
    [run.slice(2).toLowerCase(), 1],
  ] as const) {
    const { io, globals, out } = catchIo(dir, { tty: true });
    const stdin = Object.assign(new PassThrough(), { isTTY: true }) as unknown as typeof io.stdin;
    const signing = signRun({ run, reason, sha: undefined }, globals, { ...io, stdin });
    stdin.push(`${typed}\n`);
    const code = await signing.catch((error: unknown) => error);
    if (signed === 0) expect(code).toMatchObject({ code: "USAGE" });
    expect(out()).toContain(`${run}: Outer work`);
    const events = made.host.store.log.events(run);
    expect(events.filter(({ type }) => type === "record.signedOff")).toHaveLength(signed);
  }
});

test("an unfinished run is not signed", async () => {
  const made = await smallBench();
  const run = made.start({ fail: 0, text: "hello" });
  await made.drive(run);
  const { io, globals } = catchIo(made.dir);
  const sha = headOf(familyIn(made, run)).hash;
  await expect(signRun({ run, reason, sha }, globals, io)).rejects.toMatchObject({ code: "RUN_NOT_ENDED" });
});

test("only a person signs", async () => {
  const made = await finishedRun();
  const family = familyIn(made, made.run);
  const sha = headOf(family).hash;
  for (const kind of ["agent", "engine", "policy", "practice"] as const)
    expect(() => sign(family, { sha, reason, actor: { ...ana, kind } })).toThrow(
      expect.objectContaining({ code: "SIGNER_NOT_A_PERSON" }),
    );
});

test("a record that does not verify is not signed", async () => {
  const made = await finishedRun();
  const sha = headOf(familyIn(made, made.run)).hash;
  made.host.store.close();
  const db = new Database(path.join(made.dir, "state.db"));
  db.exec("DROP TRIGGER events_append_only_delete");
  db.exec("DELETE FROM events WHERE seq = 4");
  db.close();
  const { io, globals } = catchIo(made.dir);
  await expect(signRun({ run: made.run, reason, sha }, globals, io)).rejects.toMatchObject({
    code: "RECORD_BROKEN",
  });
});
