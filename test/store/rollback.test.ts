import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { acceptRollback } from "../../src/store/rollback.ts";
import { verifyRecord } from "../../src/model/verify.ts";
import { openDatabase } from "../../src/store/database.ts";
import { storedLog } from "../../src/store/stored-rows.ts";
import { ana } from "../support/world-free.ts";
import { randomFrom } from "../redact/random.ts";
import { bundled, runProgram } from "../support/programs.ts";
import { appendNoted, noted, openAt, place, started } from "./store-support.ts";

const rolledBack = expect.objectContaining({ code: "STATE_ROLLED_BACK" });

/** A database with one event in its main file, a copy of that, and five more in the WAL of a writer that was killed. */
const origin = place();

beforeAll(async () => {
  const store = openAt(origin);
  appendNoted(store, started("r1"));
  store.close();
  cpSync(origin.file, `${origin.file}.yesterday`);
  const program = bundled(
    "killed-writer",
    `import { openStore } from "./store/store.ts";
     const [, , file, anchors] = process.argv;
     const store = openStore({ file, anchors, now: () => new Date(), isAlive: () => true });
     for (let n = 0; n < 5; n += 1) {
       store.log.append({ drafts: [${JSON.stringify(noted("r1"))}], seen: new Map(), snapshots: new Map() }, null);
       store.anchor.note(store.log.head(), false);
     }
     process.kill(process.pid, "SIGKILL");`,
  );
  await runProgram(program, [origin.file, origin.anchors]);
});

function copyOfOrigin(): ReturnType<typeof place> {
  const at = place();
  cpSync(origin.dir, at.dir, { recursive: true });
  return at;
}

/** Changes one bit so far from the file's end. */
function flip(file: string, fromEnd: number): void {
  const bytes = readFileSync(file);
  const at = bytes.length - fromEnd;
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(file, bytes);
}

function removeDatabase(file: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
}

test("the database of a writer that was killed opens with everything", () => {
  expect(openAt(copyOfOrigin()).log.head().seq).toBe(6);
});

test("wherever its WAL is cut or changed, a database is refused or has everything", () => {
  const random = randomFrom(12);
  let refused = 0;
  for (let round = 0; round < 120; round += 1) {
    const at = copyOfOrigin();
    const wal = `${at.file}-wal`;
    const size = readFileSync(wal).length;
    const spot = random(size);
    if (round % 2 === 0) truncateSync(wal, spot);
    else flip(wal, size - spot);
    try {
      expect(openAt(at).log.head().seq).toBe(6);
    } catch (error) {
      expect(error).toMatchObject({ code: "STATE_ROLLED_BACK" });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(100);
});

describe.each([
  ["lost its WAL", 1, (file: string) => rmSync(`${file}-wal`)],
  [
    "has half of its WAL",
    3,
    (file: string) => truncateSync(`${file}-wal`, readFileSync(`${file}-wal`).length / 2),
  ],
  ["has a bit of its WAL flipped", 5, (file: string) => flip(`${file}-wal`, 1_000)],
  [
    "was restored from an old copy",
    1,
    (file: string) => {
      removeDatabase(file);
      cpSync(`${file}.yesterday`, file);
    },
  ],
  [
    "was cut to nothing",
    0,
    (file: string) => {
      removeDatabase(file);
      writeFileSync(file, "");
    },
  ],
  ["is gone", 0, removeDatabase],
  [
    "was exchanged for another one",
    2,
    (file: string) => {
      removeDatabase(file);
      const other = place();
      const store = openAt(other);
      appendNoted(store, started("r9"), noted("r9"));
      store.close();
      cpSync(other.file, file);
    },
  ],
] as const)("a database that %s", (_how, left, spoil) => {
  function spoiled(): ReturnType<typeof place> {
    const at = copyOfOrigin();
    spoil(at.file);
    return at;
  }
  const by = { actor: ana, reason: "the disk is gone", now: () => new Date() };

  test("is refused, also the second time, saying what was there", () => {
    const at = spoiled();
    for (const _time of ["first", "second"])
      expect(() => openAt(at)).toThrowError(
        expect.objectContaining({ code: "STATE_ROLLED_BACK", data: expect.objectContaining({ anchor: 6 }) }),
      );
  });

  test("goes on once somebody has accepted that, which is an event, and its anchor goes on, too", () => {
    const at = spoiled();
    const accepted = acceptRollback(at, by);
    expect(accepted).toMatchObject({ was: { seq: 6 }, is: { seq: left }, reason: "the disk is gone" });
    const store = openAt(at);
    const [event] = store.log.events("log");
    expect(event).toMatchObject({ seq: left + 1, type: "rollback.accepted", actor: ana, data: accepted });
    expect(accepted?.unfinished).toEqual(left === 0 ? [] : [left === 2 ? "r9" : "r1"]);
    appendNoted(store, started("r2"));
    store.close();
    const db = openDatabase(at.file);
    const { before, rows } = storedLog(db, at.file);
    const { checks } = verifyRecord(rows, { log: store.log.id, before, runs: [] });
    expect(checks.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
    db.exec(`DROP TRIGGER events_append_only_delete; DELETE FROM events WHERE seq > ${left + 1}`);
    db.close();
    expect(() => openAt(at)).toThrowError(rolledBack);
  });
});

test("the notes before an accepted rollback are kept", () => {
  const at = copyOfOrigin();
  rmSync(`${at.file}-wal`);
  acceptRollback(at, { actor: ana, reason: "why not", now: () => new Date() });
  const kept = readdirSync(at.anchors).filter((name) => name.endsWith(".until-6.log"));
  expect(kept).toHaveLength(1);
  expect(readFileSync(path.join(at.anchors, kept[0] ?? ""), "utf8")).toMatch(/^6 [0-9a-f]{64}$/m);
});

test("where nothing was rolled back there is nothing to accept", () => {
  const at = copyOfOrigin();
  expect(acceptRollback(at, { actor: ana, reason: "to be sure", now: () => new Date() })).toBe(null);
  expect(openAt(at).log.head().seq).toBe(6);
});

test("a new database beside another one is no rollback", () => {
  const at = copyOfOrigin();
  expect(openAt({ ...at, file: path.join(at.dir, "other.db") }).log.head().seq).toBe(0);
});
