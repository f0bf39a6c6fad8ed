import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonical } from "../../src/model/json.ts";
import { verifyRecord, type StoredRow } from "../../src/model/verify.ts";

const zeros = "0".repeat(64);
const expected = { log: "l", before: zeros, runs: ["R-AAAA"] };

function hashOf(body: string): string {
  return createHash("sha256").update(`\0${body}`).digest("hex");
}

const data = canonical({ artifacts: [], data: { note: "as it was" }, salt: "ab" });

/** A sound log of one run. */
function rows(count = 4): StoredRow[] {
  const made: StoredRow[] = [];
  for (let seq = 1; seq <= count; seq += 1) {
    const type = seq === 1 ? "run.started" : "run.resumed";
    const at = `2025-10-07T13:51:0${seq}.000Z`;
    made.push(
      row({
        v: 1,
        log: "l",
        seq,
        run: "R-AAAA",
        rseq: seq,
        type,
        at,
        actor: { kind: "engine", id: "runwright", identified: "engine" },
        prev: made.at(-1)?.hash ?? zeros,
        commitment: createHash("sha256").update(data).digest("hex"),
      }),
    );
  }
  return made;
}

function row(event: {
  seq: number;
  run: string;
  rseq: number;
  type: string;
  [key: string]: unknown;
}): StoredRow {
  const body = canonical(event);
  const { seq, run, rseq, type } = event;
  return { seq, run, rseq, type, body, data, hash: hashOf(body) };
}

/** The names of the checks that fail. */
function failing(tampered: readonly StoredRow[], more: Partial<typeof expected> = {}): readonly string[] {
  return verifyRecord(tampered, { ...expected, ...more })
    .checks.filter(({ verdict }) => verdict === "fail")
    .map(({ name }) => name);
}

test("a sound log passes every check and tells its head", () => {
  const sound = rows();
  const { checks, events, head } = verifyRecord(sound, expected);
  expect(checks.map(({ verdict }) => verdict)).toEqual(checks.map(() => "pass"));
  expect({ events, head }).toEqual({ events: 4, head: { seq: 4, hash: sound.at(-1)?.hash } });
});

test("a changed body is noticed, with or without a new hash", () => {
  const [one, two, three, four] = rows() as [StoredRow, StoredRow, StoredRow, StoredRow];
  const body = two.body.replace("13:51", "13:50");
  expect(failing([one, { ...two, body }, three, four])).toContain("each stored event has its own hash");
  expect(failing([one, { ...two, body, hash: hashOf(body) }, three, four])).toEqual([
    "each event names the hash of the one before it",
    "time never goes backwards",
  ]);
});

test("changed data is noticed, and withheld data is not called sound", () => {
  const [one, two] = rows(2) as [StoredRow, StoredRow];
  const edited = { ...two, data: data.replace("was", "is") };
  expect(failing([one, edited])).toEqual(["each event's data is what its envelope is bound to"]);
  const { checks } = verifyRecord([one, { ...two, data: null }], expected);
  expect(checks.filter(({ verdict }) => verdict !== "pass")).toEqual([
    {
      name: "each event's data is what its envelope is bound to",
      verdict: "unknown",
      detail: "of 2 events 1 are withheld",
    },
  ]);
});

test("a missing event is noticed, in the middle and before the first", () => {
  const [one, two, , four] = rows() as [StoredRow, StoredRow, StoredRow, StoredRow];
  expect(failing([one, two, four])).toEqual([
    "each event names the hash of the one before it",
    "no event is missing from the log",
    "no event is missing from the run and its child runs",
  ]);
  expect(verifyRecord(rows(), { ...expected, before: undefined }).checks).toContainEqual({
    name: "no event is missing from the log",
    verdict: "fail",
    detail: "the event before the first one is missing",
  });
  expect(failing([], {})).toContain("no event is missing from the run and its child runs");
});

test("a row that says something else than its event, or belongs to another log, is noticed", () => {
  const [one, ...rest] = rows() as [StoredRow, ...StoredRow[]];
  expect(failing([{ ...one, type: "run.failed" }, ...rest])).toContain("rows and events say the same");
  expect(failing([one, ...rest], { log: "other" })).toContain("rows and events say the same");
});

test("a body in another spelling is noticed even when it has its own hash", () => {
  const [one] = rows(1) as [StoredRow];
  const body = one.body.replace('"v":1', '"v": 1');
  expect(failing([{ ...one, body, hash: hashOf(body) }])).toEqual(["events are stored in canonical form"]);
  expect(failing([{ ...one, body: "not json", hash: hashOf("not json") }])).toContain(
    "events are stored in canonical form",
  );
});

test("a run whose first events lie before the rows only has to go on without a gap", () => {
  const [, two, three] = rows() as [StoredRow, StoredRow, StoredRow];
  expect(failing([two, three], { before: rows()[0]?.hash ?? "", runs: [] })).toEqual([]);
  expect(failing([two, three], { before: rows()[0]?.hash ?? "" })).toEqual([
    "no event is missing from the run and its child runs",
  ]);
});
