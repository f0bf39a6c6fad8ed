// How fast a stored log is verified: events a second of the record's own checks, in memory and from a database.
import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { engineActor } from "../src/model/event.ts";
import { canonical } from "../src/model/json.ts";
import { verifyRecord, type StoredRow } from "../src/model/verify.ts";
import { openDatabase } from "../src/store/database.ts";
import { storedLog } from "../src/store/stored-rows.ts";
import { goal, median } from "./support/figures.ts";

const count = 100_000;
const zeros = "0".repeat(64);
const data = canonical({
  artifacts: [{ bytes: 414, name: "plan.json", sha256: "a".repeat(64) }],
  data: { attempt: 1, output: { add: 2, change: 0, changes: ["aws_ecs_task_definition.api"] }, step: "plan" },
  salt: "0b7c9d1e-5f1a-4a53-9a58-0d7a3b1f0c11",
});
const commitment = createHash("sha256").update(data).digest("hex");

function rows(): readonly StoredRow[] {
  const made: StoredRow[] = [];
  for (let seq = 1, prev = zeros; seq <= count; seq++) {
    const [run, type, at] = [`R-${Math.floor(seq / 100)}`, "step.succeeded", "2025-10-07T13:51:04.123Z"];
    const rseq = (seq % 100) + 1;
    const body = canonical({
      v: 1,
      log: "l",
      seq,
      rseq,
      at,
      run,
      type,
      actor: engineActor,
      prev,
      commitment,
    });
    const hash = createHash("sha256").update("\0").update(body).digest("hex");
    made.push({ seq, run, rseq, type, body, data, hash });
    prev = hash;
  }
  return made;
}

function rate(log: () => Iterable<StoredRow>): number {
  const rates = Array.from({ length: 5 }, () => {
    // Of the processor: other work on the machine does not make a log slower to verify.
    const from = process.cpuUsage();
    verifyRecord(log(), { log: "l", before: zeros, runs: [] });
    const { user, system } = process.cpuUsage(from);
    return count / ((user + system) / 1_000_000);
  });
  return median(rates);
}

const made = rows();
const file = path.join(mkdtempSync(path.join(tmpdir(), "runwright-bench-")), "state.db");
const db = openDatabase(file);
const insert = db.prepare(
  "INSERT INTO events (seq, run, rseq, type, body, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
);
db.transaction(() => {
  for (const { seq, run, rseq, type, body, data: text, hash } of made)
    insert.run(seq, run, rseq, type, body, text, hash);
})();
goal(
  "events/s in memory",
  rate(() => made),
  { atLeast: 150_000 },
);
goal(
  "events/s from the database",
  rate(() => storedLog(db, file).rows),
  { atLeast: 150_000 },
);
