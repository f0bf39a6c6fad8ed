import Database from "better-sqlite3";
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import { migrations } from "../../src/store/migrations.ts";
import { bundled, mutated, runProgram } from "../support/programs.ts";
import { openAt, place, started, turn } from "./store-support.ts";

const expected = {
  journal_mode: "wal",
  synchronous: 2,
  busy_timeout: 5000,
  foreign_keys: 1,
  trusted_schema: 0,
  cell_size_check: 1,
};

test("every connection has its settings after the first read, also on a database that exists", () => {
  const { file } = place();
  for (const _open of ["made", "opened again"]) {
    const db = openDatabase(file);
    db.prepare("SELECT count(*) FROM events").get();
    for (const [name, value] of Object.entries(expected))
      expect([name, db.pragma(name, { simple: true })]).toEqual([name, value]);
    db.close();
  }
});

test.each(Object.keys(expected))("without its setting of %s a connection refuses to open", async (name) => {
  const { dir, file } = place();
  const source = readFileSync("src/store/database.ts", "utf8")
    .replaceAll('from "./', 'from "./store/')
    .replaceAll('from "../', 'from "./');
  const wrong =
    name === "busy_timeout"
      ? "busy_timeout = 1"
      : name === "cell_size_check"
        ? "cell_size_check = OFF"
        : name === "foreign_keys"
          ? "foreign_keys = OFF"
          : name === "trusted_schema"
            ? "trusted_schema = ON"
            : null;
  const program = mutated(
    `${source}\ntry { openDatabase(process.argv[2]); console.log("opened"); } catch (error) { console.log(error.code, error.message); }`,
    (text) =>
      text.replace(
        new RegExp(`db\\.pragma\\("${name} = [A-Z0-9]+"\\);`),
        wrong === null ? "" : `db.pragma("${wrong}");`,
      ),
    `pragma-${name}`,
  );
  const { stdout } = await runProgram(program, [path.join(dir, path.basename(file))]);
  expect(stdout).toMatch(new RegExp(`^STORAGE_FAILED .*${name}`));
});

test("SQLite is one without the WAL-reset corruption bug", () => {
  const db = openDatabase(place().file);
  const version = String(db.prepare("SELECT sqlite_version()").pluck().get());
  expect(version.localeCompare("3.51.3", "en", { numeric: true })).toBeGreaterThanOrEqual(0);
});

test("everything that is created is private, whatever the umask", async () => {
  const { dir } = place();
  const program = bundled(
    "umask",
    `import { openStore } from "./store/store.ts";
     import { openBlobs } from "./store/blobs.ts";
     process.umask(0);
     const [, , file, anchors] = process.argv;
     const store = openStore({ file, anchors, now: () => new Date(), isAlive: () => true });
     store.log.append(${JSON.stringify(turn(started("r1")))
       .replace('"seen":{}', '"seen":new Map()')
       .replace('"snapshots":{}', '"snapshots":new Map()')}, null);
     store.anchor.note(store.log.head(), true);
     openBlobs(store).put(Buffer.from("evidence")).then((sha256) => {
       console.log(sha256);
       process.kill(process.pid, "SIGKILL");
     });`,
  );
  const file = path.join(dir, "made", "deep", "state.db");
  const { stdout } = await runProgram(program, [file, path.join(dir, "kept", "anchors")]);
  const sha256 = stdout.trim();
  const modes = (...names: readonly string[]): readonly string[] =>
    names.map((name) => (statSync(path.join(dir, name)).mode & 0o777).toString(8));
  const blob = `made/deep/.runwright/blobs/${sha256.slice(0, 2)}`;
  expect(modes("made", "made/deep", "kept", "kept/anchors", "made/deep/.runwright", blob)).toEqual(
    Array(6).fill("700"),
  );
  expect(
    modes("made/deep/state.db", "made/deep/state.db-wal", "made/deep/state.db-shm", `${blob}/${sha256}`),
  ).toEqual(Array(4).fill("600"));
  const [anchor = ""] = (await import("node:fs")).readdirSync(path.join(dir, "kept", "anchors"));
  expect(modes(`kept/anchors/${anchor}`)).toEqual(["600"]);
});

test("an older schema is migrated in one transaction, and a second opening changes nothing", () => {
  const { file } = place();
  const old = new Database(file);
  old.close();
  const db = openDatabase(file);
  expect(db.pragma("user_version", { simple: true })).toBe(migrations.length);
  const log: unknown = db.prepare("SELECT value FROM meta WHERE key = 'log'").pluck().get();
  db.close();
  expect(openDatabase(file).prepare("SELECT value FROM meta WHERE key = 'log'").pluck().get()).toBe(log);
});

test("a migration that fails leaves the database as it was", () => {
  const { file } = place();
  const old = new Database(file);
  old.exec("CREATE TABLE leases (x)");
  old.close();
  expect(() => openDatabase(file)).toThrow(/./);
  const after = new Database(file);
  expect(after.pragma("user_version", { simple: true })).toBe(0);
  expect(after.prepare("SELECT name FROM sqlite_schema").pluck().all()).toEqual(["leases"]);
});

test("a newer schema is refused, with both versions", () => {
  const { file } = place();
  const db = openDatabase(file);
  db.pragma(`user_version = ${migrations.length + 1}`);
  db.close();
  expect(() => openDatabase(file)).toThrowError(
    expect.objectContaining({
      code: "STATE_NEWER",
      message: expect.stringContaining(`schema ${migrations.length + 1}`),
    }),
  );
});

test("a file that is no database is refused", () => {
  const { file } = place();
  writeFileSync(file, "This is a text, and a long one at that. ".repeat(200));
  expect(() => openDatabase(file)).toThrowError(expect.objectContaining({ code: "STATE_CORRUPT" }));
});

test("a database that was cut short is refused when it is opened or read", () => {
  const at = place();
  const store = openAt(at);
  const drafts = Array.from({ length: 200 }, (_, index) => started(`run-${index}`));
  store.log.append(turn(...drafts), null);
  store.close();
  truncateSync(at.file, 8_192);
  const read = (): unknown => openAt(at).list({ open: false, limit: 500 });
  expect(read).toThrowError(expect.objectContaining({ code: "STATE_CORRUPT" }));
});

test.each([
  ["is a directory", (dir: string) => dir],
  ["lies below a file", (dir: string) => path.join(dir, "file", "state.db")],
  ["lies deep below a file", (dir: string) => path.join(dir, "file", "deep", "state.db")],
])("a path that %s cannot be written, and says so", (_what, where) => {
  const { dir } = place();
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, "file"), "");
  expect(() => openDatabase(where(dir))).toThrowError(expect.objectContaining({ code: "STATE_UNWRITABLE" }));
});

test("a database that may only be read is refused", async () => {
  const { file } = place();
  openDatabase(file).close();
  // Root may write everything, so the program gives that right up first.
  const program = bundled(
    "read-only",
    `import { chmodSync } from "node:fs";
     import path from "node:path";
     import { openDatabase } from "./store/database.ts";
     const file = process.argv[2];
     chmodSync(path.dirname(file), 0o555);
     chmodSync(file, 0o444);
     if (process.getuid() === 0) process.setuid(65534);
     try { openDatabase(file).prepare("DELETE FROM leases").run(); console.log("opened"); } catch (error) { console.log(error.code); }`,
  );
  expect((await runProgram(program, [file])).stdout.trim()).toBe("STATE_UNWRITABLE");
});
