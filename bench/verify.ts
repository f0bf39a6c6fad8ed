// How fast a stored log is verified, in wall time: events a second of the record's own checks, from memory and from a
// database, and of the whole command. Other work on the machine makes that slower, so beside it stands what the two
// digests of each event take alone in the same minute.
import { hash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { verify } from "../src/cli/commands/verify.ts";
import { engineActor, type Draft } from "../src/model/event.ts";
import { verifyRecord } from "../src/model/verify.ts";
import { openDatabase } from "../src/store/database.ts";
import { openStore } from "../src/store/store.ts";
import { storedLog } from "../src/store/stored-rows.ts";
import { goal, median } from "./support/figures.ts";

const count = 100_000;
const batch = 1_000;
const signed = 10;
const rounds = 7;
const dir = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
const file = path.join(dir, "state.db");

// As long as an event of a practice run is on average: 600 bytes of data, and an envelope of 360.
const log = "aws_ecs_task_definition.api: Modifying... [id=hokusai-api-development]\n".repeat(4);
const artifacts = [{ bytes: 414, name: "plan.json", sha256: "a".repeat(64) }];

function step(seq: number): Draft {
  const output = { add: 2, change: 0, changes: ["aws_ecs_task_definition.api"], log };
  const data = { step: "plan", attempt: 1, output };
  return { run: `R-${Math.floor(seq / 100)}`, type: "step.succeeded", actor: engineActor, data, artifacts };
}

function fill(): string {
  const anchors = path.join(dir, "state", "runwright", "anchors");
  const store = openStore({ file, anchors, now: () => new Date(), isAlive: () => true });
  for (let first = 0; first < count; first += batch) {
    const drafts = Array.from({ length: batch }, (_, index) => step(first + index));
    const stored = store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
    for (const event of stored.type === "stored" ? stored.events.slice(-signed) : [])
      store.anchor.note(event, true);
  }
  store.close();
  return store.log.id;
}

async function perSecond(work: () => unknown): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    await work();
    rates.push((count / (performance.now() - from)) * 1_000);
  }
  return median(rates);
}

const id = fill();
const db = openDatabase(file);
const expected = { log: id, before: "0".repeat(64), runs: [] };
const io = { ...process, env: { XDG_STATE_HOME: path.join(dir, "state") }, cwd: dir, now: () => new Date() };
const quiet = { ...io, stdout: { write: () => {} } } as never;
const globals = { db: file, json: false, color: "never", debug: false } as const;
const command = { record: undefined, anchor: undefined, replay: false };

const whole = await perSecond(() => verify(command, globals, quiet));
const stored = await perSecond(() => verifyRecord(storedLog(db, file).rows, expected));
// Last, because so many rows in memory make everything slower.
const rows = [...storedLog(db, file).rows];
const inMemory = await perSecond(() => verifyRecord(rows, expected));
const digests = await perSecond(() => {
  for (const { body, data } of rows) {
    hash("sha256", `\0${body}`);
    hash("sha256", data ?? "");
  }
});
console.log(`the digests alone: ${digests.toFixed(0)} events/s`);
console.log(`the command, with ${(count / batch) * signed} signatures: ${whole.toFixed(0)} events/s`);
goal("events/s from the database", stored, { atLeast: 150_000 });
goal("events/s in memory", inMemory, { atLeast: 150_000 });
