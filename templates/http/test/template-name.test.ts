import assert from "node:assert/strict";
import { test } from "node:test";
import { httpProbe, notifyWebhook } from "runwright/steps";
import { everyPath, fake, fakeAt, simulate } from "runwright/testing";
import runbook from "../runbooks/template-name.ts";

const input = { url: "https://example.org/health", webhook: "https://chat.example.org/hook" };
const answered = { attempts: 1, elapsedMs: 12, body: "", assertions: [], error: null };
const up = { ...answered, ok: true, status: 200 };
const down = { ...answered, ok: false, status: 500 };
const steps = [
  fakeAt("look", httpProbe, down, up),
  fakeAt("again", httpProbe, up, down),
  fake(notifyWebhook, { status: 200 }),
];

test("the team is told once that is approved", async () => {
  const run = await simulate(runbook, { input, steps, answers: { ask: "approve" } });
  assert.equal(run.end, "succeeded");
  assert.deepEqual(run.effects, ["template-name/tell"]);
});

test("every path is walked", async () => {
  const { paths, coverage } = await everyPath(runbook, { input, steps });
  assert.deepEqual(coverage.missing, []);
  assert.ok(paths.every(({ end }) => end !== "faulted"));
});
