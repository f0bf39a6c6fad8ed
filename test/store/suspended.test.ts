import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { guarded, openDatabase } from "../../src/store/database.ts";
import { isOf } from "../../src/model/event.ts";
import { bundled, ended } from "../support/programs.ts";
import { noted, openAt, place, started, turn } from "./store-support.ts";

/** Appends until it may not any more, and suspends itself after as many events as it was told. */
const source = `
  import { writeSync } from "node:fs";
  import { openStore } from "./store/store.ts";
  const [, , file, anchors, after, fenced] = process.argv;
  const store = openStore({ file, anchors, now: () => new Date(), isAlive: () => true });
  const owner = { pid: process.pid, start: "1", boot: "b", host: "h", user: "u" };
  const fence = store.leases.acquire("r1", owner);
  const draft = { run: "r1", type: "run.resumed", actor: { kind: "engine", id: "t", identified: "engine" }, data: { note: "old" } };
  try {
    for (let n = 1; n < Number(after) + 5; n += 1) {
      store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, fenced === "fenced" ? fence : null);
      if (n !== Number(after)) continue;
      writeSync(1, "now\\n");
      process.kill(process.pid, "SIGSTOP");
    }
    console.log("wrote on");
  } catch (error) {
    console.log(error.code);
  }`;

/** What a suspended writer says, and how many events it stored, after another took its run over. */
async function takenOver(
  after: number,
  fenced: "fenced" | "unfenced",
): Promise<{ readonly said: string; readonly stale: number }> {
  const at = place();
  const store = openAt(at);
  store.log.append(turn(started("r1")), null);
  const program = bundled("suspended", source);
  const args = [program, at.file, at.anchors, String(after), fenced];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const end = ended(child);
  await once(child.stdout, "data");
  while (!/^State:\tT/m.test(readFileSync(`/proc/${child.pid}/status`, "utf8")))
    await new Promise((resolve) => setImmediate(resolve));
  // Its lease has run out: time has passed while it was suspended.
  const other = openAt(at, { now: () => new Date(Date.now() + 20_000) });
  const taken = other.leases.acquire("r1", { pid: 1, start: "2", boot: "b", host: "h", user: "v" });
  const committed = other.log.append(turn(noted("r1", "new")), taken);
  const [first] = committed.type === "stored" ? committed.events : [];
  child.kill("SIGCONT");
  const { stdout } = await end;
  const [, said = ""] = stdout.split("\n");
  other.log.append(turn(noted("r1", "new")), taken);
  const stale = other.log
    .events("r1")
    .filter(
      (event) => isOf(event, "run.resumed") && event.data.note === "old" && event.seq > (first?.seq ?? 0),
    );
  return { said, stale: stale.length };
}

test.skipIf(process.platform !== "linux")(
  "an engine that was suspended and wakes up after another took its run over stores nothing any more, 20 times of 20",
  async () => {
    for (let after = 1; after <= 20; after += 1)
      expect(await takenOver(after, "fenced")).toEqual({ said: "LEASE_LOST", stale: 0 });
  },
);

test.skipIf(process.platform !== "linux")("without its epoch it would", async () => {
  expect(await takenOver(3, "unfenced")).toEqual({ said: "wrote on", stale: 4 });
});

test("a database that another process keeps locked is told, with what to do", () => {
  const { file } = place();
  const one = openDatabase(file);
  const other = openDatabase(file);
  other.pragma("busy_timeout = 1");
  one.exec("BEGIN IMMEDIATE");
  expect(() => guarded(file, () => other.exec("BEGIN IMMEDIATE"))).toThrowError(
    expect.objectContaining({ code: "STATE_BUSY", exitCode: 5, hint: expect.stringContaining("suspended") }),
  );
  one.exec("ROLLBACK");
});
