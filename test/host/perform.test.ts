import { expect, test } from "vitest";
import { z } from "zod";
import { Abort } from "../../src/model/abort.ts";
import { Detach } from "../../src/model/detach.ts";
import { RunbookError } from "../../src/model/error.ts";
import type { AnyStep, StepContext } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { bench } from "../support/world-free.ts";
import { attemptOf } from "./an-attempt.ts";

const { wait, define } = runbook("any", { title: "Any", input: z.strictObject({}) });
const { host } = bench(define({ pause: wait(() => "1ms") }));

const refused = new RunbookError("AWS_REFUSED", "no access");

function outcome(run: (ctx: StepContext) => unknown, more: Partial<AnyStep> = {}, abort = new Abort()) {
  return host.perform(attemptOf(run, more), abort);
}

/** Fails as soon as it is stopped, with whatever stopped it. */
const obedient = (ctx: StepContext) =>
  new Promise((_resolve, reject) =>
    ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error)),
  );

test("what a step returns is its output, with its evidence", async () => {
  const ended = await outcome((ctx) => {
    ctx.evidence("out.txt", "seen");
    return { text: "done" };
  });
  expect(ended).toMatchObject({
    type: "succeeded",
    output: { text: "done" },
    artifacts: [{ name: "out.txt", bytes: 4 }],
  });
});

test("a secret is neither in the output nor in a failure", async () => {
  process.env["PERFORM_KEY"] = "hunter2hunter2";
  const told = async (work: (secret: string) => unknown) =>
    outcome(async (ctx) => work((await ctx.secret("env:PERFORM_KEY")).reveal()));
  const fail = (secret: string): never => {
    throw new RunbookError("AWS_REFUSED", `no access with ${secret}`, { data: { secret } });
  };
  const all = [await told((text) => ({ text })), await told(fail)];
  expect(all.map(({ type }) => type)).toEqual(["succeeded", "failed"]);
  expect(JSON.stringify(all)).not.toContain("hunter2");
});

test("a failure that leaves no doubt is one; a write that may have taken effect is lost instead", async () => {
  const failing = (error: Error) => () => {
    throw error;
  };
  const types = async (effect: "read" | "write", run: () => unknown) => (await outcome(run, { effect })).type;
  expect(await types("write", failing(refused))).toBe("failed");
  expect(await types("write", failing(new Error("connection reset")))).toBe("lost");
  expect(await types("read", failing(new Error("connection reset")))).toBe("failed");
  expect(await types("write", () => ({ text: 7 }))).toBe("lost");
  expect(await types("read", failing(new RunbookError("CHILD_LOST", "gone")))).toBe("lost");
});

test("an output that the kind does not promise is told by its field", async () => {
  const ended = await outcome(() => ({ text: 7 }));
  expect(ended).toMatchObject({ type: "failed", failure: { code: "STEP_OUTPUT_MALFORMED" } });
  expect(JSON.stringify(ended)).toContain("text");
});

test("a step whose time is up failed for that reason", async () => {
  const ended = await outcome(obedient, { timeout: "20ms" });
  expect(ended).toMatchObject({ type: "failed", failure: { code: "STEP_TIMED_OUT" } });
});

test("a step that is stopped says what goes on without it; one whose engine stops is only let go of", async () => {
  const stop = (reason: Error) => {
    const abort = new Abort();
    const ended = outcome(
      (ctx) => {
        ctx.outlives("a deployment");
        queueMicrotask(() => abort.abort(reason));
        return obedient(ctx);
      },
      {},
      abort,
    );
    return ended;
  };
  expect(await stop(new Error("enough"))).toEqual({
    type: "stopped",
    reason: "enough",
    leftRunning: ["a deployment"],
  });
  expect(await stop(new Detach())).toEqual({ type: "detached" });
});

test("a step's own failure counts, although it was stopped at the same time", async () => {
  const abort = new Abort();
  const ended = await outcome(
    () => {
      abort.abort(new Error("enough"));
      throw refused;
    },
    {},
    abort,
  );
  expect(ended).toMatchObject({ type: "failed", failure: { code: "AWS_REFUSED" } });
});

test("the world is asked through the step's probe, whose answer is checked, too", async () => {
  const { signal } = new AbortController();
  const probed = (probe?: AnyStep["probe"]) =>
    host.probe(
      attemptOf(() => {}, { effect: "write", ...(probe === undefined ? {} : { probe }) }),
      signal,
    );
  expect(await probed()).toEqual({ verdict: "unknown", why: "`test.step` cannot be looked up." });
  const done = { verdict: "done", why: "it is there" } as const;
  expect(await probed(async () => ({ ...done, output: { text: "done" } }))).toEqual({
    ...done,
    output: { text: "done" },
  });
  await expect(probed(async () => ({ ...done, output: {} }))).rejects.toMatchObject({
    code: "STEP_OUTPUT_MALFORMED",
  });
  expect(await probed(async () => ({ verdict: "not done", why: "nothing" }))).toEqual({
    verdict: "not done",
    why: "nothing",
  });
});
