import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Around, runwright, type Said } from "./support/command-line.ts";
import { openPlace, type Place } from "./support/place.ts";
import {
  filesIn,
  hitsIn,
  hitsInFiles,
  openToOthers,
  printed,
  spellingsOf,
  watchArguments,
} from "./support/sweep.ts";

/** Looks different in every encoding. It is another one each time, because the arguments of every process are looked at, also those of a second such test. */
const secret = `Canary/${["7f", randomUUID().slice(0, 8), 'k+y"9', "z=Q<x>&", "end"].join("-")}`;

/** Puts what the application logs, the caller's key among it, into the evidence. */
const readTheLog = `
import { runbook, secretReference } from "runwright";
import * as steps from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({ url: z.url(), apiKey: secretReference });
const { step, define } = runbook("read-log", { title: "Read the log", input: Input });
export default define({
  probe: step(steps.httpProbe, ({ input }) => ({
    url: input.url,
    headers: { "x-api-key": { secret: input.apiKey } },
    expect: { status: [200] },
  })),
  read: step(steps.logsSearch, () => ({
    logGroup: "/ecs/hokusai-api-development",
    pattern: "x-api-key",
    sinceMinutes: 60,
    region: "us-east-1",
  })),
});
`;

let place: Place;
let around: Around;
let words: readonly string[];

beforeAll(async () => {
  place = await openPlace({ speed: 300 });
  words = place.words.filter((word) => word !== "--auto");
  const terraform = writeLeakyTerraform();
  mkdirSync(path.join(place.dir, "runbooks"));
  writeFileSync(path.join(place.dir, "runbooks", "read-log.ts"), readTheLog);
  around = { env: { HOKUSAI_API_KEY: secret, RUNWRIGHT_TERRAFORM: terraform }, umask: "000" };
});
afterAll(() => place.close());

const say = (...all: readonly string[]): Promise<Said> => runwright(place, all, around);

test("the sweep finds every spelling in files, texts and arguments", async () => {
  const planted = path.join(place.dir, "planted");
  writeFileSync(planted, printed(secret).join("\n"));
  expect(hitsInFiles([planted], secret)).toHaveLength(spellingsOf(secret).size);
  const watch = watchArguments(secret);
  const child = spawn("/bin/sh", ["-c", "echo there; read line", "sh", secret], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  expect(watch.stop()).toEqual(["arguments: plain"]);
  child.stdin.end();
});

test.each([
  ["as an input that is stored", `owner=${secret}`, "INPUT_HOLDS_SECRET"],
  ["inside of a longer input", `owner=ask ${secret} please`, "INPUT_HOLDS_SECRET"],
  ["encoded in an input", `owner=${Buffer.from(secret).toString("base64")}`, "INPUT_HOLDS_SECRET"],
  ["instead of its reference", `apiKey=${secret}`, "INPUT_MALFORMED"],
])("the key %s is refused and not repeated", async (_where, pair, code) => {
  const { code: exit, out, err } = await say(...words, "--input", pair, "--debug");
  expect(exit).toBe(2);
  expect(err).toMatch(/\n {4}at /);
  expect(err).toContain(`[${code}]`);
  expect(hitsIn("terminal", out + err, secret)).toEqual([]);
  expect(left()).toEqual([]);
});

test("the key is nowhere in what a whole run leaves, tells and calls, also while it waits", async () => {
  const watch = watchArguments(secret);
  const paused = await say(...words, "--debug");
  expect(paused.code).toBe(8);
  expect(left()).toEqual([]);
  expect(hitsIn("terminal while it waits", paused.out + paused.err, secret)).toEqual([]);

  const ended = await say("resume", "--auto", "--debug");
  const [first] = place.events();
  const run = first?.run ?? "";
  expect(ended).toMatchObject({ code: 0 });
  expect(hitsIn("terminal", ended.out + ended.err, secret)).toEqual([]);
  expect(watch.stop()).toEqual([]);

  const leaky = await say("run", "read-log", ...readLogInputs());
  expect(leaky.code).toBe(0);
  expect(hitsIn("terminal", leaky.out + leaky.err, secret)).toEqual([]);
  const { run: second } = place.events().at(-1) ?? { run: "" };
  expect(left()).toEqual([]);

  for (const read of readCommands(run, second)) {
    const said = await say(...read);
    expect(said).toMatchObject({ code: 0, err: "" });
    expect(hitsIn(read.join(" "), said.out, secret)).toEqual([]);
  }
  // It did get as far as that: it was taken out of what terraform printed and what the application logged.
  expect((await say("logs", run, "plan")).out).toContain("[secret HOKUSAI_API_KEY]");
  expect((await say("logs", second, "read")).out).toContain("[secret HOKUSAI_API_KEY]");
}, 300_000);

test("nobody else may read what a run leaves, whatever the umask", () => {
  expect(openToOthers(path.join(place.dir, ".runwright"))).toEqual([]);
  expect(openToOthers(path.join(place.dir, "state"))).toEqual([]);
  expect(databaseFiles().filter((file) => openToOthersFile(file))).toEqual([]);
});

/** Everything on the disk that a run writes: its database, its directory, the anchors, raw output. */
function left(): readonly string[] {
  const { dir } = place;
  const folders = [".runwright", "state", `runwright-${process.getuid?.()}`].map((name) =>
    path.join(dir, name),
  );
  return hitsInFiles([...databaseFiles(), ...folders.flatMap(filesIn)], secret);
}

function databaseFiles(): readonly string[] {
  return filesIn(place.dir).filter((file) => /\/state\.db(-wal|-shm)?$/.test(file));
}

function openToOthersFile(file: string): boolean {
  return openToOthers(path.dirname(file)).some((found) => found.startsWith(`${file} `));
}

function readCommands(run: string, second: string): readonly (readonly string[])[] {
  return [
    ["report", run, "-o", "-"],
    ["logs", run],
    ["logs", second],
    ["timeline", run],
    ["timeline", run, "--jsonl"],
    ["timeline", second, "--jsonl"],
    ["show", run, "--json"],
    ["show", second, "--json"],
    ["status", run, "--json"],
    ["list", "--all", "--json"],
  ];
}

function readLogInputs(): readonly string[] {
  return ["--input", `url=${place.url}/api/v1/models`, "--input", "apiKey=env:HOKUSAI_API_KEY"];
}

/** A terraform that prints the key in every spelling, on both streams, wherever its own output allows that. */
function writeLeakyTerraform(): string {
  const dir = path.join(place.dir, "tools");
  mkdirSync(dir);
  writeFileSync(path.join(dir, "lines"), `${printed(secret).join("\n")}\n`);
  const line = { "@level": "info", "@message": `the key is ${printed(secret).join(" ")}`, type: "log" };
  writeFileSync(path.join(dir, "stream"), `${JSON.stringify(line)}\n`);
  const file = path.join(dir, "terraform");
  const lines = [
    "#!/bin/sh",
    `cat '${dir}/lines' >&2`,
    `case "$1 $*" in plan*-json*|apply*-json*) cat '${dir}/stream' ;; init*|taint*|force-unlock*) cat '${dir}/lines' ;; esac`,
    `exec '${place.env["RUNWRIGHT_TERRAFORM"]}' "$@"`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  chmodSync(file, 0o755);
  return file;
}
