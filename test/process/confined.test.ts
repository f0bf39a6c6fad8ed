import { existsSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runConfined } from "../../src/process/confined.ts";

let dir = "";
const searched = process.env["PATH"];
beforeEach(() => {
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), "runwright-confined-")));
});
afterEach(() => {
  process.env["PATH"] = searched;
});

/** A program that keeps to the protocol and then does this, with everything that Node has. */
function confined(work: string, more: { readonly timeoutMs?: number; readonly start?: string } = {}) {
  const program = path.join(dir, "program.cjs");
  const { start = 'process.stdout.write("ready\\n")', timeoutMs = 60_000 } = more;
  const body = `
    const lines = require("node:readline").createInterface({ input: process.stdin });
    const said = (text) => process.stdout.write(text + "\\n", () => process.exit(0));
    let count = 0;
    lines.on("line", async (line) => {
      count += 1;
      if (count === 1) { globalThis.given = line; ${start}; return; }
      const tried = async (work) => { try { await work(); return "done"; } catch (error) { return error.code ?? error.message; } };
      ${work}
    });`;
  writeFileSync(program, body);
  return runConfined({ program, input: "a question", timeoutMs, memoryMiB: 64 });
}

test("a program is given its input and its answer comes back, as text that nobody has looked at", async () => {
  expect(await confined("said('Nothing is wrong with ' + given)")).toEqual({
    type: "answered",
    text: "Nothing is wrong with a question\n",
  });
});

test("no file can be read, not even by somebody who has got past the permissions", async () => {
  const work = `
    const read = await tried(() => require("node:fs").readFileSync("/etc/passwd"));
    const listed = await tried(() => require("node:fs").readdirSync("/"));
    const itself = await tried(() => require("node:fs").readFileSync(__filename));
    said([read, listed, itself].join(" "));`;
  // Its own file it may read by Node's leave; the kernel gives no descriptor.
  const text = "ERR_ACCESS_DENIED ERR_ACCESS_DENIED EMFILE\n";
  expect(await confined(work)).toEqual({ type: "answered", text });
});

test("no connection is made", async () => {
  let calls = 0;
  const server = createServer(() => void (calls += 1)).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  const work = `
    const { once } = require("node:events");
    const dialled = await tried(() => once(require("node:net").connect(${port}, "127.0.0.1"), "connect"));
    said(dialled);`;
  expect(await confined(work)).toEqual({ type: "answered", text: "EMFILE\n" });
  await confined(`said(await tried(() => fetch("http://127.0.0.1:${port}")));`);
  expect(calls).toBe(0);
  server.close();
});

test("no program is started, and no thread", async () => {
  const marker = path.join(dir, "marker");
  const work = `
    const spawned = await tried(() => { const { error } = require("node:child_process").spawnSync("touch", ["${marker}"]); if (error) throw error; });
    const thread = await tried(() => new (require("node:worker_threads").Worker)("1", { eval: true }));
    said([spawned, thread].join(" "));`;
  expect(await confined(work)).toEqual({ type: "answered", text: "ERR_ACCESS_DENIED ERR_ACCESS_DENIED\n" });
  expect(existsSync(marker)).toBe(false);
});

test("no variable of ours is there", async () => {
  process.env["RUNWRIGHT_TEST_SECRET"] = "s3cret-value";
  const found = await confined(
    "said(Object.keys(process.env).filter((name) => name !== 'NODE_V8_COVERAGE').sort().join())",
  );
  delete process.env["RUNWRIGHT_TEST_SECRET"];
  expect(found).toEqual({ type: "answered", text: "LANG,TZ\n" });
});

test("what loops for ever is ended, and so is what eats memory", async () => {
  const looped = await confined("for (;;) {}", { timeoutMs: 8_000 });
  expect(looped).toEqual({ type: "silent", why: "it gave no answer within 8 s" });
  const heap = await confined("const all = []; for (;;) all.push(new Array(1e6).fill(all.length));");
  expect(heap).toMatchObject({ type: "silent", why: expect.stringContaining("instead of an answer") });
  const buffers = await confined("const all = []; for (;;) all.push(Buffer.alloc(1e8, 1));");
  expect(buffers).toMatchObject({ type: "silent", why: expect.stringContaining("instead of an answer") });
});

test("an end without an answer is none, whatever it claims", async () => {
  expect(await confined("process.exit(3)")).toMatchObject({ type: "silent" });
  expect(await confined("process.kill(process.pid, 'SIGKILL')")).toMatchObject({ type: "silent" });
});

test("what cannot be locked in is told nothing", async () => {
  process.env["PATH"] = dir;
  const found = await confined("said('told')");
  expect(found).toEqual({ type: "unconfined", why: "there is no `prlimit` here" });
});

test("a program that does not get ready is told nothing", async () => {
  expect(await confined("said('told')", { start: "process.exit(0)" })).toMatchObject({ type: "unconfined" });
});
