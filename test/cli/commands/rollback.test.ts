import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { acceptRollback } from "../../../src/cli/commands/accept-rollback.ts";
import { backup } from "../../../src/cli/commands/backup.ts";
import { status } from "../../../src/cli/commands/status.ts";
import { verify } from "../../../src/cli/commands/verify.ts";
import { storeOptions } from "../../../src/runs/store-options.ts";
import { openStore } from "../../../src/store/store.ts";
import { placeOf } from "../../../src/cli/record/record-place.ts";
import { catchIo } from "../../support/read-io.ts";
import { appendNoted, noted, started } from "../../store/store-support.ts";
import { openForReading } from "../../../src/runs/find-run.ts";

/** A directory whose database has two events, and a copy made with `backup` after the first. */
async function withCopy(): Promise<{ readonly dir: string; readonly copy: string }> {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-rollback-"));
  const { io, globals } = catchIo(dir);
  const store = openStore(storeOptions(placeOf(globals, io)));
  appendNoted(store, started("R-1111"));
  expect(await backup({ file: "copy.db" }, globals, io)).toBe(0);
  appendNoted(store, noted("R-1111"));
  store.close();
  return { dir, copy: path.join(dir, "copy.db") };
}

test("a backup says what it holds, verifies, and is made once", async () => {
  const { dir, copy } = await withCopy();
  const { io, globals, out } = catchIo(dir);
  expect(await backup({ file: "second.db" }, globals, io)).toBe(0);
  expect(out()).toMatch(/second\.db: 2 events, head 2 [0-9a-f]{64}; the record verifies\./);
  await expect(backup({ file: copy }, globals, io)).rejects.toMatchObject({ code: "FILE_EXISTS" });
});

test("where there is no database, a backup says so and creates nothing", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-rollback-"));
  const { io, globals } = catchIo(dir);
  await expect(backup({ file: "copy.db" }, globals, io)).rejects.toMatchObject({ code: "USAGE" });
  expect([existsSync(path.join(dir, "copy.db")), existsSync(path.join(dir, "state.db"))]).toEqual([
    false,
    false,
  ]);
});

test("a restored backup is refused by every command until a person accepts it, with the runs that need a look", async () => {
  const { dir, copy } = await withCopy();
  rmSync(path.join(dir, "state.db"));
  const gone = catchIo(dir);
  expect(() => openForReading(placeOf(gone.globals, gone.io))).toThrowError(
    expect.objectContaining({ code: "STATE_ROLLED_BACK", exitCode: 9 }),
  );
  copyFileSync(copy, path.join(dir, "state.db"));
  const { io, globals, out } = catchIo(dir);
  await expect(status({ run: undefined }, globals, io)).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
  await expect(acceptRollback({ reason: " " }, globals, io)).rejects.toMatchObject({ code: "REASON_NEEDED" });
  expect(await acceptRollback({ reason: "restored from the backup" }, globals, io)).toBe(0);
  expect(out()).toMatch(/continues after event 1 of log [0-9a-f]{32}/);
  expect(out()).toContain("Look at the world before you continue with R-1111");
  const store = openForReading(placeOf(globals, io));
  expect(store?.log.events("log")).toMatchObject([
    {
      type: "rollback.accepted",
      data: { reason: "restored from the backup", was: { seq: 2 }, is: { seq: 1 } },
    },
  ]);
  store?.close();
  expect(await verify({ record: undefined, anchor: undefined, replay: false }, globals, io)).toBe(0);
  const again = catchIo(dir, { json: true });
  expect(await acceptRollback({ reason: "to be sure" }, again.globals, again.io)).toBe(0);
  expect(JSON.parse(again.out())).toMatchObject({ schema: "runwright.dev/rollback/v1", accepted: null });
});
