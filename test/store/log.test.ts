import { spawn } from "node:child_process";
import canonicalize from "canonicalize";
import { expect, test } from "vitest";
import { sha256 } from "../../src/model/json.ts";
import { openDatabase } from "../../src/store/database.ts";
import { bundled, ended } from "../support/programs.ts";
import { ana } from "../support/world-free.ts";
import { noted, openAt, place, started, turn } from "./store-support.ts";

test("events are dense in the log and in their runs, and each names the hash of the one before", () => {
  const { log } = openAt(place());
  log.append(turn(started("r1"), noted("r1")), null);
  log.append(turn(started("r2"), noted("r1"), noted("r2")), null);
  const events = [...log.events("r1"), ...log.events("r2")].toSorted((one, other) => one.seq - other.seq);
  expect(events.map(({ seq, run, rseq }) => [seq, run, rseq])).toEqual([
    [1, "r1", 1],
    [2, "r1", 2],
    [3, "r2", 1],
    [4, "r1", 3],
    [5, "r2", 2],
  ]);
  expect(events.map(({ prev }) => prev)).toEqual([
    "0".repeat(64),
    ...events.slice(0, -1).map(({ hash }) => hash),
  ]);
  const [line = ""] = log.lines("r1");
  const [envelope = "", rest = ""] = line.split(/,(?="artifacts":)/);
  expect(events[0]?.hash).toBe(sha256(`\0${envelope}}`));
  expect(events[0]?.commitment).toBe(sha256(`{${rest}`));
  expect(JSON.parse(line)).toMatchObject({ type: "run.started", data: { parent: null } });
  expect(log.head()).toMatchObject({ seq: 5, hash: events[4]?.hash });
});

test("a turn is stored whole or not at all", () => {
  const { log, list } = openAt(place());
  const unstorable = { ...noted("r1"), data: { note: Number.NaN } };
  expect(() => log.append(turn(started("r1"), unstorable as never), null)).toThrowError(
    expect.objectContaining({ code: "NOT_JSON" }),
  );
  expect(log.head().seq).toBe(0);
  expect(list({ open: false, limit: 9 })).toEqual([]);
});

test("times never go backwards, even when the clock does: they go on as fast as before", () => {
  let now = new Date("2026-07-01T12:00:00.000Z");
  const at = place();
  const { log } = openAt(at, { now: () => now });
  log.append(turn(started("r1")), null);
  now = new Date("2026-07-01T11:00:00.000Z");
  log.append(turn(noted("r1")), null);
  const [first, second = ""] = openAt(at)
    .log.events("r1")
    .map((event) => event.at);
  expect(first).toBe("2026-07-01T12:00:00.000Z");
  expect(second).toMatch(/^2026-07-01T12:00:0/);
});

test("what one turn stores has happened at one time", () => {
  let now = Date.parse("2026-07-01T12:00:00.000Z");
  const { log } = openAt(place(), { now: () => new Date((now += 1)) });
  log.append(turn(started("r1"), noted("r1")), null);
  log.append(turn(noted("r1")), null);
  const [first, second, third] = log.events("r1").map(({ at }) => at);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test("a turn is stored under the time at which it was made, or not at all when the record has gone on since", () => {
  const { log } = openAt(place(), { now: () => new Date("2026-07-01T12:00:00.000Z") });
  log.append({ ...turn(started("r1")), at: "2026-07-01T11:59:59.500Z" }, null);
  log.append(turn(noted("r1")), null);
  const late = log.append({ ...turn(noted("r1")), at: "2026-07-01T11:59:59.900Z" }, null);
  expect(late).toEqual({ type: "conflict", events: [] });
  expect(log.events("r1").map(({ at }) => at.slice(0, 21))).toEqual([
    "2026-07-01T11:59:59.5",
    "2026-07-01T12:00:00.0",
  ]);
});

test("who tries to replace an event loses the whole transaction", () => {
  const at = place();
  const { log } = openAt(at);
  log.append(turn(started("r1")), null);
  const db = openDatabase(at.file);
  db.exec("BEGIN IMMEDIATE; UPDATE runs SET status = 'forged'");
  expect(() => db.exec("INSERT OR REPLACE INTO events SELECT * FROM events")).toThrow("append-only");
  expect(db.inTransaction).toBe(false);
  expect(db.prepare("SELECT status FROM runs").pluck().get()).toBe("open");
});

test("stored events can be neither changed nor removed", () => {
  const at = place();
  const { log } = openAt(at);
  log.append(turn(started("r1")), null);
  const db = openDatabase(at.file);
  expect(() => db.prepare("UPDATE events SET type = 'x'").run()).toThrow("append-only");
  expect(() => db.prepare("DELETE FROM events").run()).toThrow("append-only");
  expect(() => db.prepare("INSERT OR REPLACE INTO events SELECT * FROM events").run()).toThrow("append-only");
});

test.each([
  ["body", "UPDATE events SET body = replace(body, 'ana', 'eve')"],
  ["data", "UPDATE events SET data = replace(data, 'null', 'true')"],
])("a row whose %s was changed behind the trigger is not evidence of anything", (_column, update) => {
  const at = place();
  const { log } = openAt(at);
  log.append(turn(started("r1")), null);
  const db = openDatabase(at.file);
  db.exec(`DROP TRIGGER events_append_only_update; ${update}`);
  expect(() => log.events("r1")).toThrowError(expect.objectContaining({ code: "RECORD_BROKEN" }));
});

test("a writer that has not seen everything is told what it missed, and stores nothing", () => {
  const { log } = openAt(place());
  log.append(turn(started("r1")), null);
  const mine = { ...turn(noted("r1", "mine")), seen: new Map([["r1", 1]]) };
  log.append(turn(noted("r1", "theirs")), null);
  const behind = log.append(mine, null);
  expect(behind).toMatchObject({ type: "conflict", events: [{ rseq: 2, data: { note: "theirs" } }] });
  expect(log.head().seq).toBe(2);
  expect(log.append({ ...mine, seen: new Map([["r1", 2]]) }, null).type).toBe("stored");
});

test("what somebody else added is missed also by a writer that has added to other runs since", () => {
  const at = place();
  const [{ log }, theirs] = [openAt(at), openAt(at)];
  log.append(turn(started("r1"), noted("r1")), null);
  theirs.log.append(turn(noted("r1", "theirs")), null);
  log.append(turn(started("r2")), null);
  const mine = { ...turn(noted("r1", "mine")), seen: new Map([["r1", 2]]) };
  const theirNews = { rseq: 3, data: { note: "theirs" } };
  expect(log.append(mine, null)).toMatchObject({ type: "conflict", events: [theirNews] });
  // What this writer has stored itself may be news to whoever appends through it, too.
  const both = { ...mine, seen: new Map([["r2", 0]]) };
  expect(log.append(both, null)).toMatchObject({ type: "conflict", events: [{ run: "r2", rseq: 1 }] });
  expect(log.append({ ...mine, seen: new Map([["r1", 3]]) }, null)).toMatchObject({ type: "stored" });
});

test("both texts of an event are canonical, whatever is in it", () => {
  const { log } = openAt(place());
  const actor = { ...ana, id: 'a"n\\a\u2028 é' };
  log.append(turn(started('r"1'), { ...noted('r"1', 'no"te'), actor }), null);
  for (const line of log.lines('r"1')) {
    const [envelope = "", data = ""] = line.split(/,(?="artifacts":)/);
    expect(`${envelope}}`).toBe(canonicalize(JSON.parse(`${envelope}}`)));
    expect(`{${data}`).toBe(canonicalize(JSON.parse(`{${data}`)));
  }
});

test("a writer whose lease was taken over stores nothing", () => {
  const at = place();
  const { log, leases } = openAt(at);
  const owner = { pid: 1, start: "", boot: "", host: "h", user: "u" };
  const fence = leases.acquire("r1", owner);
  log.append(turn(started("r1")), fence);
  const other = openAt(at, { isAlive: () => false });
  const taken = other.leases.acquire("r1", { ...owner, pid: 2 });
  expect(() => log.append(turn(noted("r1")), fence)).toThrowError(
    expect.objectContaining({ code: "LEASE_LOST" }),
  );
  expect(log.head().seq).toBe(1);
  expect(other.log.append(turn(noted("r1")), taken).type).toBe("stored");
});

test("four processes append 500 turns each without an error, and the chain is whole", async () => {
  const at = place();
  openAt(at).close();
  const program = bundled(
    "append",
    `import { openStore } from "./store/store.ts";
     const [, , file, anchors, run] = process.argv;
     const store = openStore({ file, anchors, now: () => new Date(), isAlive: () => true });
     const start = ${JSON.stringify(started("RUN"))};
     store.log.append({ drafts: [{ ...start, run }], seen: new Map(), snapshots: new Map() }, null);
     for (let n = 1; n < 500; n += 1) {
       const draft = { run, type: "run.resumed", actor: start.actor, data: { note: String(n) } };
       const { type } = store.log.append({ drafts: [draft], seen: new Map([[run, n]]), snapshots: new Map() }, null);
       if (type !== "stored") throw new Error(type);
     }`,
  );
  const runs = ["r1", "r2", "r3", "r4"];
  const ends = await Promise.all(
    runs.map((run) =>
      ended(
        spawn(process.execPath, [program, at.file, at.anchors, run], { stdio: ["ignore", "pipe", "pipe"] }),
      ),
    ),
  );
  expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    runs.map(() => ({ code: 0, stderr: "" })),
  );
  const { log } = openAt(at);
  const events = runs.flatMap((run) => log.events(run)).toSorted((one, other) => one.seq - other.seq);
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 1));
  expect(events.every(({ prev }, index) => index === 0 || prev === events[index - 1]?.hash)).toBe(true);
  expect(events.every(({ at: time }, index) => index === 0 || time >= (events[index - 1]?.at ?? ""))).toBe(
    true,
  );
});
