import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { randomFrom } from "../redact/random.ts";
import {
  bundleEngine,
  commandOf,
  type EngineRun,
  places,
  program,
  startEngine,
  temporary,
} from "./support.ts";

let engine = "";
beforeAll(() => {
  engine = bundleEngine();
});

const whole = { exitCode: 7, stdout: "line 1\nline 2\nline 3\nline 4\n", stderr: "on stderr\n" };

function lastLine(text: string): unknown {
  return JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
}

test("a command goes on when its engine is killed, and the next engine adopts it", async () => {
  const where = places();
  const ledger = path.join(temporary(), "ledger");
  const command = commandOf(program("count.sh"), ledger, "4", "0.1");
  const first = startEngine(engine, command, where);
  await first.printed("spawned");
  process.kill(first.pid, "SIGKILL");
  expect(await first.ended).not.toContain("exitCode");
  expect(lastLine(await startEngine(engine, command, where).ended)).toEqual(whole);
  expect(readFileSync(ledger, "utf8").split("\n")).toHaveLength(2);
});

test("an engine that has forgotten where a command ran runs it a second time, which its ledger shows", async () => {
  const ledger = path.join(temporary(), "ledger");
  const command = commandOf(program("count.sh"), ledger, "4", "0.1");
  const first = startEngine(engine, command, places());
  await first.printed("spawned");
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  await startEngine(engine, command, places()).ended;
  expect(readFileSync(ledger, "utf8").split("\n")).toHaveLength(3);
});

test("the engine's umask opens no record and no output to others", async () => {
  const where = places();
  await startEngine(engine, commandOf("/bin/true"), where).ended;
  const names = readdirSync(path.dirname(where.dir), { recursive: true, encoding: "utf8" });
  const modes = names.map((name) => {
    const found = lstatSync(path.join(path.dirname(where.dir), name));
    return [name, (found.mode & 0o777).toString(8), found.isDirectory() ? "700" : "600"];
  });
  expect(modes.length).toBeGreaterThan(7);
  expect(modes.filter(([, mode, wanted]) => mode !== wanted)).toEqual([]);
});

const enoughOnABusyMachine = 240_000;
const isThorough = process.env["RUNWRIGHT_CHAOS"] !== undefined;
const wanted = isThorough ? 200 : 30;

test(
  "random kills: every command runs exactly once and its output is whole",
  { timeout: enoughOnABusyMachine },
  async () => {
    const random = randomFrom(Number(process.env["SEED"] ?? 43));
    let kills = 0;
    let commands = 0;
    // On a busy machine one command is killed many times over; a few of them have to come to their end.
    for (; kills < wanted || commands <= wanted / 10; commands++) {
      const where = places();
      const ledger = path.join(temporary(), "ledger");
      const command = commandOf(program("count.sh"), ledger, "4", "0.02");
      let printed = "";
      while (!printed.includes("exitCode")) {
        const run = startEngine(engine, command, where);
        // The first moments, in which the supervisor starts, are the ones that matter most.
        const isKilled = kills < wanted && (await killAfter(run, random(2) === 0 ? random(15) : random(120)));
        if (isKilled) kills++;
        printed = await run.ended;
      }
      expect(lastLine(printed)).toEqual(whole);
      expect(readFileSync(ledger, "utf8").split("\n")).toHaveLength(2);
    }
  },
);

async function killAfter(run: EngineRun, milliseconds: number): Promise<boolean> {
  await run.printed("begun");
  const first = await Promise.race([sleep(milliseconds, "late"), run.ended]);
  if (first !== "late") return false;
  return process.kill(run.pid, "SIGKILL");
}
