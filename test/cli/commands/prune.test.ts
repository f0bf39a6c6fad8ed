import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, utimesSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { exportRun } from "../../../src/cli/commands/export.ts";
import { pruneRuns } from "../../../src/cli/commands/prune.ts";
import { search } from "../../../src/cli/commands/search.ts";
import { show } from "../../../src/cli/commands/show.ts";
import { timeline } from "../../../src/cli/commands/timeline.ts";
import { verify } from "../../../src/cli/commands/verify.ts";
import { headOf, sign } from "../../../src/engine/sign.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { openRecording, recordingsOf } from "../../../src/store/recordings.ts";
import { auditedRun } from "../../support/audited.ts";
import { catchIo } from "../../support/read-io.ts";
import { ana } from "../../support/world-free.ts";

type Audited = Awaited<ReturnType<typeof auditedRun>>;

const tomorrow = () => new Date(Date.now() + 86_400_000);

/** The command's edge, a day later: what was put an hour ago may be dropped. */
function edge({ dir }: Audited, json = false) {
  const caught = catchIo(dir, { json });
  const io = {
    ...caught.io,
    now: tomorrow,
    env: { ...caught.io.env, XDG_STATE_HOME: path.join(dir, "home") },
  };
  return { ...caught, io };
}

async function pruned(of: Audited, yes: boolean): Promise<Record<string, unknown>> {
  const { io, globals, out } = edge(of, true);
  const before = tomorrow().toISOString().slice(0, 10);
  await pruneRuns({ before, reason: "retention", yes }, globals, io);
  return JSON.parse(out()) as Record<string, unknown>;
}

async function failing(of: Audited, record?: string): Promise<readonly string[]> {
  const { io, globals, out } = edge(of, true);
  await verify({ record, anchor: undefined, replay: false }, globals, io);
  const { checks } = JSON.parse(out()) as { checks: { name: string; verdict: string; detail: string }[] };
  return checks.filter(({ verdict }) => verdict === "fail").map(({ name, detail }) => `${name}: ${detail}`);
}

let made: Audited;
let blob = "";
beforeAll(async () => {
  made = await auditedRun("a reason to be forgotten");
  const [artifact] = made.host.store.log.events(made.run).flatMap(({ artifacts }) => artifacts);
  blob = path.join(
    made.dir,
    ".runwright",
    "blobs",
    artifact?.sha256.slice(0, 2) ?? "",
    artifact?.sha256 ?? "",
  );
});

const recording = `{"version":3,"timestamp":1759845064}\n[0.1,"o","a terminal"]\n`;

beforeAll(() => {
  const file = openRecording(made.host.store, made.run);
  file.add(recording.trimEnd());
  file.close();
  const family = [made.run, ...children()].map((run) => made.host.store.log.events(run));
  const signing = { sha: headOf(family).hash, reason: "read it all", actor: ana };
  const drafts = [sign(family, signing)];
  made.host.store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
});

function children(): readonly string[] {
  return made.host.store.runTree(made.run).flatMap(({ run }) => (run === made.run ? [] : [run]));
}

async function told(of: Audited, jsonl = false): Promise<string> {
  const { io, globals, out } = edge(of);
  const all = { step: null, types: [], since: null, failed: false, local: false, jsonl };
  await timeline({ run: of.run, ...all }, globals, io);
  return out();
}

test("without --yes nothing is dropped, and a run that is open is not even named", async () => {
  const told = await pruned(made, false);
  expect(told).toMatchObject({ done: false, families: [{ root: made.run }] });
  expect(JSON.stringify(made.host.store.log.events(made.run))).toContain("to be forgotten");
});

test("dropped data is gone from the file, the chain verifies, and the run is still known", async () => {
  const done = await pruned(made, true);
  expect(done).toMatchObject({ done: true, runs: 2 });
  expect(existsSync(blob)).toBe(false);
  expect(readFileSync(made.host.store.file).includes("to be forgotten")).toBe(false);
  expect(await failing(made)).toEqual([]);
  expect(await failing(made, made.run)).toEqual([]);
  expect(made.host.store.find(made.run)).toMatchObject({ status: "succeeded" });
  const { io, globals } = edge(made);
  await expect(show({ run: made.run, step: undefined }, globals, io)).rejects.toMatchObject({
    code: "RECORD_PRUNED",
  });
  expect(await pruned(made, false)).toMatchObject({ families: [] });
});

test("who signed it stays, with the head and the reason, and the tombstone names the recording that is gone", async () => {
  const text = await told(made);
  expect(text).toContain(`${ana.id} SIGNED OFF up to event`);
  expect(text).toMatch(/because: read it all\n.*PRUNED: .*because: retention/s);
  expect(text).not.toContain("to be forgotten");
  expect(recordingsOf(made.host.store, made.run)).toEqual([]);
  const lines = (await told(made, true)).trimEnd().split("\n");
  const { data } = JSON.parse(lines.at(-1) ?? "") as { data: { recordings: readonly object[] } };
  const sha256 = createHash("sha256").update(recording).digest("hex");
  expect(data.recordings).toEqual([{ name: `${made.run}/1.cast`, sha256, bytes: recording.length }]);
});

test("a search finds nothing in what was pruned, and goes on", async () => {
  const { io, globals, out } = edge(made);
  await search({ filter: {}, text: "outer", limit: 10 }, globals, io);
  expect(out()).toContain(made.otherRun);
  expect(out()).not.toContain(made.run);
});

test("what an interrupted prune left lying goes with the next one", async () => {
  openRecording(made.host.store, made.run).close();
  await pruned(made, true);
  expect(recordingsOf(made.host.store, made.run)).toEqual([]);
});

test("the record of a pruned run can still be exported and verified", async () => {
  const { io, globals } = edge(made);
  const to = { to: "Ana", bundle: "pruned", jsonl: undefined, md: undefined, withhold: [] };
  await exportRun({ run: made.run, ...to }, globals, io);
  expect(await failing(made, "pruned")).toEqual([]);
  const { error, status, stdout } = spawnSync("python3", ["pruned/verify.py", "pruned"], { cwd: made.dir });
  if (error === undefined)
    expect([status, stdout.toString()]).toEqual([0, expect.not.stringContaining("FAIL")]);
});

test("a file that was put again just now is kept: an event may be about to name it", async () => {
  const own = await auditedRun();
  const [artifact] = own.host.store.log.events(own.run).flatMap(({ artifacts }) => artifacts);
  const file = path.join(
    own.dir,
    ".runwright",
    "blobs",
    artifact?.sha256.slice(0, 2) ?? "",
    artifact?.sha256 ?? "",
  );
  utimesSync(file, tomorrow(), tomorrow());
  await pruned(own, true);
  expect(existsSync(file)).toBe(true);
});

test.each([
  ["without an event that tells of it", "UPDATE events SET data = NULL WHERE seq = 1"],
  ["with another text in its place", "UPDATE events SET data = '{}' WHERE data IS NULL"],
  ["of the event that tells of it", "UPDATE events SET data = NULL WHERE type = 'record.pruned'"],
  ["of a sign-off", "UPDATE events SET data = NULL WHERE type = 'record.signedOff'"],
  ["with its envelope", "UPDATE events SET data = NULL, body = '{}' WHERE type = 'run.started'"],
  [
    "of an open run",
    "UPDATE events SET data = NULL WHERE run = (SELECT run FROM runs WHERE ended_at IS NULL)",
  ],
])("the database refuses to drop data %s", async (what, sql) => {
  const own = /^(with another|of the event|of a sign-off)/.test(what) ? made : await auditedRun();
  const db = openDatabase(own.host.store.file);
  expect(() => db.exec(sql)).toThrowError("append-only");
  db.close();
});
