import { existsSync, mkdtempSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { askReplayer } from "../../src/runs/ask-replayer.ts";
import { replayCheck, type Replayable } from "../../src/runs/replay-check.ts";
import { finishedRun } from "../support/read-run.ts";

type Finished = Awaited<ReturnType<typeof finishedRun>>;
let made: Finished;
let honest = "";
beforeAll(async () => {
  made = await finishedRun();
  const [first] = eventsOf(made)[0] ?? [];
  if (first?.type !== "run.started") throw new Error("A run begins with its start.");
  honest = Buffer.from(await made.host.blobs.get(first.data.runbook.source)).toString();
});

function eventsOf({ host, run }: Finished) {
  return host.store.runTree(run).map((row) => host.store.log.events(row.run));
}

/** The check of an honest run whose pinned text is this one. */
function checked(text: string, timeoutMs = 120_000) {
  const record: Replayable = {
    store: made.host.store,
    blobs: { get: async () => Buffer.from(text) },
    limits: { timeoutMs, memoryMiB: 128 },
  };
  const runs = eventsOf(made);
  const own = runs.flat().map((event) => ({ seq: event.seq, run: event.run, type: event.type, event }));
  return replayCheck(record, { runs, own });
}

test("an honest text leads to what was stored, also when its author's steps import all of Node", async () => {
  expect(await checked(honest)).toMatchObject({ verdict: "pass" });
  const imports = `
    const { promisify } = require("node:util");
    const run = promisify(require("node:child_process").execFile);
    const { readFile } = require("node:fs").promises;
    class Own extends require("node:http").Agent {}
    console.log("loaded", process.env.HOME, process.platform);
  `;
  expect(await checked(imports + honest)).toMatchObject({ verdict: "pass" });
});

const claims = "Nothing is wrong with it.";
test.each<readonly [string, string]>([
  [
    "says that nothing is wrong and ends",
    `console.log("${claims}"); process.stdout.write("${claims}"); process.exit(0);`,
  ],
  ["answers before it is asked", `process.stdout.write('{"type":"derivations","derivations":[]}');`],
  ["reads a file", `require("node:fs").readFileSync("/etc/passwd");`],
  ["asks for a module that reaches everything", `require("node:module").createRequire("/")("fs");`],
  ["binds to what is below Node", `process.binding("fs");`],
  ["kills the process that started it", `process.kill(process.ppid, "SIGKILL");`],
  [
    "says only that it differs in nothing",
    `Array.prototype.map = () => []; Array.prototype.flatMap = () => [];`,
  ],
  ["says no parts of anything", `Object.fromEntries = () => ({});`],
  ["makes other JSON", `JSON.stringify = () => "${claims}";`],
  [
    "makes an answer that is none",
    `JSON.stringify = () => '{"type":"derivations","derivations":[{"events":7}]}';`,
  ],
])("a text that %s is not believed", { timeout: 180_000 }, async (_, code) => {
  expect(await checked(code + honest)).toMatchObject({ verdict: "fail" });
});

test(
  "a text that loops for ever or eats memory is ended, and not believed",
  { timeout: 180_000 },
  async () => {
    const looped = await checked(`for (;;) {}`, 10_000);
    expect(looped).toMatchObject({
      verdict: "fail",
      detail: expect.stringContaining("no answer within 10 s"),
    });
    expect(await checked(`const all = []; for (;;) all.push(Buffer.alloc(1e8, 1));`, 20_000)).toMatchObject({
      verdict: "fail",
    });
  },
);

test("a text connects to nobody and starts nothing", { timeout: 180_000 }, async () => {
  let calls = 0;
  const server = createServer(() => void (calls += 1)).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  const marker = path.join(mkdtempSync(path.join(tmpdir(), "runwright-marker-")), "marker");
  for (const code of [
    `require("node:net").connect(${port}, "127.0.0.1");`,
    `fetch("http://127.0.0.1:${port}/");`,
    `require("node:child_process").spawnSync("touch", ["${marker}"]);`,
    `require("runwright/steps");require("node:worker_threads").Worker("x");`,
  ])
    expect(await checked(code + honest)).toMatchObject({ verdict: "fail" });
  expect([calls, existsSync(marker)]).toEqual([0, false]);
  server.close();
});

test("states and pictures come back as data, one for each run", async () => {
  const runs = eventsOf(made);
  const { blobs } = made.host;
  const states = await askReplayer("states", { runs, blobs });
  expect(states.type === "states" && states.states.map(({ length }) => length)).toEqual(
    runs.map(({ length }) => length),
  );
  const last = await askReplayer("last states", { runs, blobs });
  expect(last.type === "states" && last.states.map(([one]) => one?.end)).toEqual(["succeeded", "succeeded"]);
  const pictures = await askReplayer("pictures", { runs, blobs });
  expect(pictures.type === "pictures" && pictures.graphs.map(({ id }) => id)).toEqual(["outer", "inner"]);
});
