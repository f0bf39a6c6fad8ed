import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { verifyRecord } from "../../src/model/verify.ts";
import { backUp } from "../../src/store/backup.ts";
import { openCopy } from "../../src/store/database.ts";
import { storedLog } from "../../src/store/stored-rows.ts";
import { bundled, ended } from "../support/programs.ts";
import { appendNoted, openAt, place, started } from "./store-support.ts";

test("copies made while another process appends are private and verify, each to a later head", async () => {
  const at = place();
  const store = openAt(at);
  appendNoted(store, started("r1"));
  const program = bundled(
    "busy-writer",
    `import { openStore } from "./store/store.ts";
     const [, , file, anchors] = process.argv;
     const store = openStore({ file, anchors, now: () => new Date(), isAlive: () => true });
     const actor = { kind: "engine", id: "test", identified: "engine" };
     const draft = { run: "r1", type: "run.resumed", actor, data: { note: "x".repeat(2_000) } };
     const append = () => {
       for (let n = 0; n < 10; n += 1) store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
       setImmediate(append);
     };
     process.stdout.write("begun\\n");
     process.stdin.on("end", () => process.exit(0)).resume();
     append();`,
  );
  const writer = spawn(process.execPath, [program, at.file, at.anchors], { stdio: ["pipe", "pipe", "pipe"] });
  const end = ended(writer);
  await new Promise((resolve) => writer.stdout.once("data", resolve));
  const heads: number[] = [];
  for (const name of ["one", "two", "three"]) {
    const copy = path.join(at.dir, `${name}.db`);
    const least = store.log.head().seq;
    backUp(at.file, copy);
    expect((statSync(copy).mode & 0o777).toString(8)).toBe("600");
    const db = openCopy(copy);
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    const { before, rows } = storedLog(db, copy);
    const { checks, head } = verifyRecord(rows, { log: store.log.id, before, runs: [] });
    db.close();
    expect(checks.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
    expect(head?.seq).toBeGreaterThanOrEqual(least);
    heads.push(head?.seq ?? 0);
  }
  writer.stdin.end();
  expect(await end).toMatchObject({ code: 0, stderr: "" });
  expect(heads).toEqual(heads.toSorted((one, other) => one - other));
  expect(heads[2]).toBeGreaterThan(heads[0] ?? 0);
  // Nothing but the copies: no WAL beside them, no journal.
  expect(readdirSync(at.dir).filter((name) => /^(one|two|three)/.test(name))).toEqual([
    "one.db",
    "three.db",
    "two.db",
  ]);
});

test("a copy never takes the place of a file", () => {
  const at = place();
  openAt(at).close();
  const copy = path.join(at.dir, "copy.db");
  writeFileSync(copy, "");
  expect(() => backUp(at.file, copy)).toThrowError(expect.objectContaining({ code: "FILE_EXISTS" }));
  expect(() => backUp(at.file, at.file)).toThrowError(expect.objectContaining({ code: "FILE_EXISTS" }));
  expect(readFileSync(copy, "utf8")).toBe("");
});

test("a copy that cannot be made leaves nothing behind, and says so", () => {
  const at = place();
  openAt(at).close();
  const dir = path.join(at.dir, "file");
  writeFileSync(dir, "");
  expect(() => backUp(at.file, path.join(dir, "copy.db"))).toThrowError(
    expect.objectContaining({ code: "STATE_UNWRITABLE" }),
  );
  expect(existsSync(path.join(dir, "copy.db"))).toBe(false);
});

test("a copy opens where nothing can be written", () => {
  const at = place();
  openAt(at).close();
  const copy = path.join(at.dir, "copy.db");
  backUp(at.file, copy);
  chmodSync(copy, 0o400);
  chmodSync(at.dir, 0o500);
  const db = openCopy(copy);
  expect(db.prepare("SELECT count(*) FROM events").pluck().get()).toBe(0);
  db.close();
  chmodSync(at.dir, 0o700);
});
