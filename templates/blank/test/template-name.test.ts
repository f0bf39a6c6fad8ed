import assert from "node:assert/strict";
import { test } from "node:test";
import { httpProbe } from "runwright/steps";
import { everyPath, fake, simulate } from "runwright/testing";
import runbook from "../runbooks/template-name.ts";

const input = { url: "https://example.org/health" };
const answered = { status: 200, attempts: 1, elapsedMs: 12, body: "", assertions: [], error: null };
const steps = [fake(httpProbe, { ...answered, ok: true }, { ...answered, ok: false, status: 500 })];

test("it succeeds when the address answers", async () => {
  assert.equal((await simulate(runbook, { input, steps })).end, "succeeded");
});

test("every path is walked", async () => {
  const { paths, coverage } = await everyPath(runbook, { input, steps });
  assert.deepEqual(coverage.missing, []);
  assert.ok(paths.every(({ end }) => end !== "faulted"));
});
