import { appendFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { exportRun, type ExportArgs } from "../../../src/cli/commands/export.ts";
import { verify, type VerifyArgs } from "../../../src/cli/commands/verify.ts";
import { isOf } from "../../../src/model/event.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { auditedRun } from "../../support/audited.ts";
import { catchIo } from "../../support/read-io.ts";

type Audited = Awaited<ReturnType<typeof auditedRun>>;
let made: Audited;
beforeAll(async () => {
  made = await auditedRun();
});

/** The command's edge: its anchors are where the test's host has them. */
function edge({ dir }: Audited, json = false) {
  const caught = catchIo(dir, { json });
  const io = { ...caught.io, env: { ...caught.io.env, XDG_STATE_HOME: path.join(dir, "home") } };
  return { ...caught, io };
}

async function verified(of: Audited, args: Partial<VerifyArgs>) {
  const { io, globals, out } = edge(of, true);
  const code = await verify(
    { record: undefined, anchor: undefined, replay: undefined, ...args },
    globals,
    io,
  );
  const { checks } = JSON.parse(out()) as {
    checks: { name: string; verdict: string; detail: string }[];
  };
  const named = (verdict: string) => checks.filter((one) => one.verdict === verdict).map(({ name }) => name);
  return { code, checks, failing: named("fail"), unknown: named("unknown") };
}

async function exported(of: Audited, args: Partial<ExportArgs>): Promise<string> {
  const { io, globals, out } = edge(of);
  const none = { bundle: undefined, jsonl: undefined, md: undefined, withhold: [] };
  await exportRun({ run: of.run, to: "Ana Auditor", ...none, ...args }, globals, io);
  return out();
}

test("a run verifies with every check, down to what was approved and applied", async () => {
  const { code, checks } = await verified(made, { record: made.run });
  expect(checks.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
  expect(checks.map(({ name, detail }) => `${name}: ${detail}`)).toEqual(
    expect.arrayContaining(["approvals are bound to what was shown and applied: 1 gate, 1 approval used"]),
  );
  expect(code).toBe(0);
});

test("the whole log verifies, and an event that was made to fit does not", async () => {
  const own = await auditedRun();
  expect((await verified(own, {})).failing).toEqual([]);
  const db = openDatabase(own.host.store.file);
  db.exec(
    "DROP TRIGGER events_append_only_update; UPDATE events SET data = replace(data, 'looks right', 'looks wrong')",
  );
  db.close();
  const { code, failing } = await verified(own, {});
  expect(failing).toEqual(["each event's data is what its envelope is bound to"]);
  expect(code).toBe(9);
});

test("a state that the events do not lead to fails", async () => {
  const own = await auditedRun();
  const db = openDatabase(own.host.store.file);
  db.prepare("UPDATE runs SET snapshot = replace(snapshot, 'planned', 'forged') WHERE run = ?").run(own.run);
  db.close();
  const { failing } = await verified(own, { record: own.run });
  expect(failing).toEqual(["the runbook's machine comes to the same states"]);
});

test("a bundle holds the stored bytes, verifies as directory and as tar, and is for its owner alone", async () => {
  const [dir, tar] = [path.join(made.dir, "whole"), path.join(made.dir, "whole.tar")];
  for (const place of [dir, tar]) {
    const said = await exported(made, { bundle: path.basename(place) });
    expect(said).toContain(made.host.store.log.head().hash);
    const anchor = made.host.store.anchor.file;
    expect(await verified(made, { record: place, replay: true, anchor })).toMatchObject({
      code: 0,
      failing: [],
      unknown: [],
    });
  }
  const lines = readFileSync(path.join(dir, "events.jsonl"), "utf8").split("\n");
  expect(lines).toEqual(expect.arrayContaining(made.host.store.log.lines(made.run).slice(0, -1)));
  expect([dir, tar, path.join(dir, "key.pem")].map((place) => statSync(place).mode & 0o077)).toEqual([
    0, 0, 0,
  ]);
});

test("a copy that the log has gone on after is not called the newest", async () => {
  await exported(made, { bundle: "first" });
  await exported(made, { bundle: "second" });
  const anchor = made.host.store.anchor.file;
  const { code, unknown } = await verified(made, { record: path.join(made.dir, "first"), anchor });
  expect(unknown).toContain("the log continues the notes that were kept elsewhere");
  expect(code).toBe(0);
});

test("a bundle's runbook is not run unless that is asked for", async () => {
  await exported(made, { bundle: "foreign" });
  const { unknown } = await verified(made, { record: path.join(made.dir, "foreign") });
  expect(unknown).toContain("the runbook's machine comes to the same states");
});

test("withheld data is not in the bundle, is named in the log, and the chain still verifies", async () => {
  const own = await auditedRun("a reason that Ben must not read");
  await exported(own, { bundle: "ben", to: "Ben", withhold: ["text", "step.succeeded", "1"] });
  const place = path.join(own.dir, "ben");
  const events = readFileSync(path.join(place, "events.jsonl"), "utf8");
  expect(events).not.toContain("must not read");
  expect(existsSync(path.join(place, "runbooks"))).toBe(true);
  const { code, failing, unknown } = await verified(own, { record: place });
  expect({ code, failing }).toEqual({ code: 0, failing: [] });
  expect(unknown).toContain("each event's data is what its envelope is bound to");
  const last = own.host.store.log.events(own.run).at(-1);
  expect(last !== undefined && isOf(last, "record.exported") && last.data).toMatchObject({ to: "Ben" });
});

test("data that an export left out without a word fails", async () => {
  const own = await auditedRun();
  await exported(own, { jsonl: "events.jsonl" });
  const file = path.join(own.dir, "events.jsonl");
  const edited = readFileSync(file, "utf8").replace(
    /,"artifacts":\[\],"data":\{"digest".*looks right.*\}$/m,
    "}",
  );
  writeFileSync(file, edited);
  expect((await verified(own, { record: file })).failing).toEqual(["what is withheld was declared"]);
});

test("nothing is written over, and nothing is recorded then", async () => {
  const own = await auditedRun();
  const before = own.host.store.lastSeq();
  appendFileSync(path.join(own.dir, "there"), "");
  await expect(exported(own, { jsonl: "there" })).rejects.toMatchObject({ code: "FILE_EXISTS" });
  await expect(exported(own, {})).rejects.toMatchObject({ code: "USAGE" });
  await expect(exported(own, { bundle: "x", withhold: ["nonsense"] })).rejects.toMatchObject({
    code: "USAGE",
  });
  expect(own.host.store.lastSeq()).toBe(before);
});

test("what is no record says so, and a path that is not there is taken for a run", async () => {
  writeFileSync(path.join(made.dir, "notes.txt"), "hello\n");
  await expect(verified(made, { record: "notes.txt" })).rejects.toMatchObject({ code: "BUNDLE_UNREADABLE" });
  await expect(verified(made, { record: "R-0000" })).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
});

test("without its anchor and key, what they would tell is unknown", async () => {
  const own = await auditedRun();
  renameSync(path.join(own.dir, "anchors"), path.join(own.dir, "moved"));
  renameSync(path.join(own.dir, "keys"), path.join(own.dir, "moved-keys"));
  const { code, unknown } = await verified(own, { record: own.run });
  expect(unknown).toEqual([
    "the notes of the head agree with the log",
    "the head is signed by the log's key",
  ]);
  expect(code).toBe(0);
});
