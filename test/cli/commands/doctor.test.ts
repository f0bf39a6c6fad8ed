import { chmodSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { doctor } from "../../../src/cli/commands/doctor.ts";
import type { Io } from "../../../src/cli/io.ts";
import { catchIo, type Caught } from "../../support/read-io.ts";
import { finishedRun } from "../../support/read-run.ts";

interface Told {
  readonly code: number;
  readonly of: (name: string) => { readonly verdict: string; readonly detail: string } | undefined;
}

/** Without AWS and with a terraform of the test's own. */
async function examine({ io, globals, out }: Caught, env: Io["env"] = {}): Promise<Told> {
  const clean = { HOME: io.env["HOME"], PATH: "/nowhere", XDG_STATE_HOME: io.env["XDG_STATE_HOME"], ...env };
  const code = await doctor({}, globals, { ...io, env: clean });
  const { findings } = JSON.parse(out()) as {
    findings: { name: string; verdict: string; detail: string }[];
  };
  return { code, of: (name) => findings.find((finding) => finding.name === name) };
}

function terraform(dir: string, version: string): string {
  const file = path.join(dir, "terraform");
  writeFileSync(file, `#!/bin/sh\necho '{"terraform_version":"${version}","stand_in":true}'\n`);
  chmodSync(file, 0o755);
  return file;
}

test("a machine with what a run needs is well, and nothing is created by looking", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-doctor-"));
  const told = await examine(catchIo(dir, { json: true }), { RUNWRIGHT_TERRAFORM: terraform(dir, "1.11.4") });
  expect(told.code).toBe(0);
  expect(told.of("terraform")).toMatchObject({ verdict: "ok" });
  expect(told.of("terraform")?.detail).toMatch(/STAND-IN.*from RUNWRIGHT_TERRAFORM/);
  expect(told.of("aws region")).toMatchObject({ verdict: "unknown" });
  expect(told.of("database")?.detail).toMatch(/state\.db; there is none yet/);
  expect(existsSync(path.join(dir, "state.db"))).toBe(false);
});

test("a terraform that is missing or too old fails, with what to do", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-doctor-"));
  const missing = await examine(catchIo(dir, { json: true }));
  expect(missing.code).toBe(1);
  expect(missing.of("terraform")?.detail).toContain("TERRAFORM_MISSING");
  const old = await examine(catchIo(dir, { json: true }), { RUNWRIGHT_TERRAFORM: terraform(dir, "1.5.7") });
  expect(old.of("terraform")).toMatchObject({ verdict: "FAIL" });
});

test("a sound database is described by its log, head and settings", async () => {
  const { dir } = await finishedRun();
  const told = await examine(catchIo(dir, { json: true }));
  expect(told.of("settings")?.detail).toContain("synchronous=2");
  expect(told.of("log")?.detail).toMatch(/^[0-9a-f]{32}, \d+ events, head \d+ [0-9a-f]{64}$/);
  expect(told.of("record")).toMatchObject({ verdict: "ok" });
});

test("an event that was changed in the database is found", async () => {
  const { dir, host } = await finishedRun();
  host.store.close();
  const db = new Database(path.join(dir, "state.db"));
  db.exec("DROP TRIGGER events_append_only_update");
  db.exec("UPDATE events SET data = replace(data, 'hello', 'hullo') WHERE seq = 2");
  db.close();
  const told = await examine(catchIo(dir, { json: true }));
  expect(told.code).toBe(1);
  expect(told.of("record")?.detail).toContain(
    "NOT TRUE: each event's data is what its envelope is bound to: event 2",
  );
});

test("a file that is no database is a finding, not a crash", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-doctor-"));
  writeFileSync(
    path.join(dir, "state.db"),
    "something else entirely, and long enough to be looked at".repeat(20),
  );
  const told = await examine(catchIo(dir, { json: true }));
  expect(told.of("database")).toMatchObject({ verdict: "FAIL" });
  expect(told.of("database")?.detail).toContain("STATE_CORRUPT");
});
