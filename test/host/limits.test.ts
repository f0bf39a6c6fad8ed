import { once } from "node:events";
import { expect, test } from "vitest";
import { Limits } from "../../src/host/limits.ts";
import { Abort } from "../../src/model/abort.ts";
import { Detach } from "../../src/model/detach.ts";
import { attemptOf } from "./an-attempt.ts";

const idle = async (): Promise<void> => {};
const never = new Promise<never>(() => {});

function limits(effect: "read" | "write", abort: Abort, timeout = "10s") {
  return new Limits(
    attemptOf(() => {}, { effect, timeout: timeout as `${number}s` }),
    abort,
  );
}

test("a step whose time is up is stopped with its processes, and says how long it had", async () => {
  const late = limits("write", new Abort(), "20ms");
  const [work, processes] = [late.work, late.processes];
  await Promise.all([work, processes].map(async (signal) => signal.aborted || once(signal, "abort")));
  expect(late.late).toMatchObject({ code: "STEP_TIMED_OUT", message: "`act` did not end within 20ms." });
  expect(work.reason).toBe(late.late);
});

test("whoever cancels stops a write at once", () => {
  const abort = new Abort();
  const running = limits("write", abort);
  abort.abort(new Error("cancelled"));
  expect([running.work.aborted, running.processes.aborted, running.late]).toEqual([true, true, null]);
  running.end();
});

test("when only the engine stops, a write call that is under way goes on for a while; a read does not", () => {
  const abort = new Abort();
  const [read, write] = [limits("read", abort), limits("write", abort)];
  abort.abort(new Detach());
  expect([read.work.aborted, read.processes.aborted]).toEqual([true, true]);
  expect([write.work.aborted, write.processes.aborted]).toEqual([false, true]);
  read.end();
  write.end();
});

test("a step that does not notice its abort is given up, once its commands are idle", async () => {
  const abort = new Abort();
  const running = limits("read", abort);
  const order: string[] = [];
  const outcome = running.outcome(never, async () => void order.push("idle"));
  abort.abort(new Error("cancelled"));
  await expect(outcome).rejects.toThrow("cancelled");
  expect(order).toEqual(["idle"]);
  running.end();
});

test("what ends by itself has its own outcome", async () => {
  const running = limits("read", new Abort());
  expect(await running.outcome(Promise.resolve(7), idle)).toBe(7);
  await expect(running.outcome(Promise.reject(new Error("own")), idle)).rejects.toThrow("own");
  running.end();
});
