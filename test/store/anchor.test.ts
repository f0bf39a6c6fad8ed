import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import { bundled, runProgram } from "../support/programs.ts";
import { appendNoted, noted, openAt, place, started } from "./store-support.ts";

const rolledBack = expect.objectContaining({ code: "STATE_ROLLED_BACK" });

test("a database that continues its anchor opens, also after it has been opened by others", () => {
  const at = place();
  const store = openAt(at);
  appendNoted(store, started("r1"));
  store.log.append({ drafts: [noted("r1")], seen: new Map(), snapshots: new Map() }, null);
  store.close();
  expect(openAt(at).log.head().seq).toBe(2);
});

test("a restored old copy is refused, saying what is missing", () => {
  const at = place();
  const store = openAt(at);
  appendNoted(store, started("r1"));
  store.close();
  copyFileSync(at.file, `${at.file}.yesterday`);
  const again = openAt(at);
  appendNoted(again, noted("r1"));
  again.close();
  copyFileSync(`${at.file}.yesterday`, at.file);
  expect(() => openAt(at)).toThrowError(
    expect.objectContaining({
      code: "STATE_ROLLED_BACK",
      data: expect.objectContaining({ anchor: 2, head: 1 }),
    }),
  );
});

test("a database whose events were cut off at the end is refused", () => {
  const at = place();
  const store = openAt(at);
  appendNoted(store, started("r1"), noted("r1"), noted("r1"));
  store.close();
  const db = openDatabase(at.file);
  db.exec("DROP TRIGGER events_append_only_delete; DELETE FROM events WHERE seq > 1");
  db.close();
  expect(() => openAt(at)).toThrowError(rolledBack);
});

test("a database whose last event was replaced is refused", () => {
  const at = place();
  const store = openAt(at);
  appendNoted(store, started("r1"), noted("r1"));
  store.close();
  const db = openDatabase(at.file);
  db.exec(
    `DROP TRIGGER events_append_only_update; UPDATE events SET hash = '${"a".repeat(64)}' WHERE seq = 2`,
  );
  db.close();
  expect(() => openAt(at)).toThrowError(rolledBack);
});

test.each(["at once after its making", "later"])(
  "a database that lost its WAL %s is refused",
  async (when) => {
    const at = place();
    if (when === "later") {
      const store = openAt(at);
      appendNoted(store, started("r0"));
      store.close();
    }
    const program = bundled(
      "lose-wal",
      `import { openStore } from "./store/store.ts";
     const [, , file, anchors] = process.argv;
     const store = openStore({ file, anchors, now: () => new Date(), isAlive: () => true });
     store.log.append({ drafts: [${JSON.stringify(started("r1"))}], seen: new Map(), snapshots: new Map() }, null);
     store.anchor.note(store.log.head(), true);
     process.kill(process.pid, "SIGKILL");`,
    );
    await runProgram(program, [at.file, at.anchors]);
    expect(existsSync(`${at.file}-wal`)).toBe(true);
    rmSync(`${at.file}-wal`);
    expect(() => openAt(at)).toThrowError(rolledBack);
  },
);

test("a note that was cut short is no note, and does not spoil the next", () => {
  const at = place();
  const store = openAt(at);
  appendNoted(store, started("r1"));
  store.close();
  appendFileSync(store.anchor.file, "2 00");
  const again = openAt(at);
  appendNoted(again, noted("r1"));
  again.close();
  const lines = readFileSync(store.anchor.file, "utf8").split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["1", "2", "2", ""]);
  copyFileSync(at.file, `${at.file}.old`);
  expect(openAt(at).log.head().seq).toBe(2);
});

test("of an anchor with many notes the newest is compared", () => {
  const at = place();
  const store = openAt(at);
  appendNoted(store, started("r1"));
  const { hash } = store.log.head();
  store.close();
  const many = Array.from({ length: 5_000 }, () => `1 ${hash}\n`).join("");
  writeFileSync(store.anchor.file, many);
  expect(openAt(at).log.head().seq).toBe(1);
  appendFileSync(store.anchor.file, `2 ${hash}\n`);
  expect(() => openAt(at)).toThrowError(rolledBack);
});

test("an anchor that cannot be written stops the engine with an error that names it", () => {
  const at = place();
  mkdirSync(path.dirname(at.anchors), { recursive: true });
  writeFileSync(at.anchors, "a file where a directory should be");
  const store = openAt(at);
  expect(() => appendNoted(store, started("r1"))).toThrowError(
    expect.objectContaining({ code: "STATE_UNWRITABLE", message: expect.stringContaining(at.anchors) }),
  );
});
