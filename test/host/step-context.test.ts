import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import {
  hasSecret,
  prepare,
  redactedBytes,
  resolveSecret,
  type AttemptDeps,
} from "../../src/host/step-context.ts";
import type { AttemptRequest } from "../../src/engine/host.ts";
import type { StepContext } from "../../src/model/step.ts";
import { createRedactor } from "../../src/redact/redactor.ts";
import { attemptOf } from "./an-attempt.ts";

const secret = "hunter2hunter2";

/** A context whose blobs and files are of this test alone, and what it has told. */
function made(attempt: AttemptRequest, env: AttemptDeps["env"] = { KEY: secret, PATH: process.env["PATH"] }) {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-context-"));
  const told: string[] = [];
  const stored: string[] = [];
  const around = {
    clock: { now: () => new Date(), sleepUntil: async () => {} },
    redactor: createRedactor(),
    blobs: {
      put: async (bytes: Uint8Array) => `digest-${stored.push(Buffer.from(bytes).toString())}`,
    } as unknown as AttemptDeps["blobs"],
    env,
    where: () => ({
      dir: path.join(dir, "dir"),
      rawDir: path.join(dir, "raw"),
      files: path.join(dir, "files"),
    }),
    claim: async () => {},
    onProgress: (_attempt: AttemptRequest, line: string) => void told.push(line),
  };
  const { signal } = new AbortController();
  return { dir, told, stored, prepared: prepare(attempt, around, { work: signal, processes: signal }) };
}

const attempt = attemptOf(() => {});

test("a secret that a step has read is in none of what it tells from then on", async () => {
  const { told, stored, prepared } = made(attempt);
  const { ctx } = prepared;
  await ctx.secret("env:KEY");
  ctx.progress(`with ${secret}`);
  ctx.evidence("out.txt", `with ${secret}`);
  ctx.evidence("out.json", { key: secret });
  ctx.outlives(`a process with ${secret}`);
  const artifacts = await prepared.artifacts();
  expect(artifacts.map(({ name }) => name)).toEqual(["out.txt", "out.json"]);
  expect(artifacts.map(({ bytes }) => bytes)).toEqual(stored.map((text) => Buffer.byteLength(text)));
  expect(stored).toHaveLength(2);
  const all = [...told, ...stored, ...prepared.leftRunning()];
  expect(all).toHaveLength(4);
  expect(all.join("\n")).not.toContain("hunter2");
});

test("a step that gave no evidence stores nothing", async () => {
  expect(await made(attempt).prepared.artifacts()).toEqual([]);
});

test("a line of progress cannot move the cursor of whoever sees it", () => {
  const { told, prepared } = made(attempt);
  prepared.ctx.progress("\u001b[2Jgone");
  expect(told.join("")).not.toContain("\u001b");
});

test("a write is called once, because a second call could repeat it; a read may be tried again", () => {
  const tries = (ctx: StepContext) => ctx.aws.maxAttempts;
  expect(tries(made(attemptOf(() => {}, { effect: "write" })).prepared.ctx)).toBe(1);
  expect(tries(made(attempt).prepared.ctx)).toBe(3);
});

test("a command gets what commands need of the environment, what its step adds, and nothing else", async () => {
  const { prepared, dir } = made(attempt);
  const { ctx } = prepared;
  expect(ctx.begun("print")).toBe(false);
  const code = "console.log(JSON.stringify([process.env.KEY, process.env.OWN]))";
  const command = { name: "print", file: process.execPath, args: ["-e", code], cwd: dir, env: { OWN: "1" } };
  const { stdout } = await ctx.exec(command);
  await prepared.idle();
  expect(JSON.parse(stdout)).toEqual([null, "1"]);
  expect(ctx.begun("print")).toBe(true);
});

test("what belongs to an attempt is its own: its key, its time, its directory", () => {
  const { prepared, dir } = made(attempt);
  expect(prepared.ctx.key).toBe(attempt.key);
  expect(prepared.ctx.startedAt.toISOString()).toBe(attempt.startedAt);
  expect(prepared.ctx.dir).toBe(path.join(dir, "files"));
});

test("a secret is read where its reference says, and a missing one is told by its name", () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "runwright-secret-")), "key");
  writeFileSync(file, `${secret}\n`);
  const redactor = createRedactor();
  expect(resolveSecret(`file:${file}`, { env: {}, redactor }).reveal()).toBe(secret);
  expect(redactor.text(`x ${secret}`)).not.toContain(secret);
  expect(() => resolveSecret("env:NONE", { env: {}, redactor })).toThrowError(
    expect.objectContaining({ code: "SECRET_MISSING", message: "The secret `env:NONE` has no value here." }),
  );
  const references = ["env:KEY", `file:${file}`, "env:EMPTY", "env:NONE", "file:/not/there", "KEY"];
  expect(references.map((reference) => hasSecret(reference, { KEY: secret, EMPTY: "" }))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("evidence without a secret keeps its bytes, whatever they are", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(Buffer.from(redactedBytes(bytes, createRedactor()))).toEqual(Buffer.from(bytes));
  expect(Buffer.from(redactedBytes({ b: 1, a: 2 }, createRedactor())).toString()).toBe('{"a":2,"b":1}');
});
