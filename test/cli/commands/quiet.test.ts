import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { run } from "../../../src/cli/commands/run.ts";
import { unattended } from "../../../src/cli/drive/drive-flags.ts";
import { catchIo } from "../../support/read-io.ts";
import { writeSmall } from "../../support/runbook-files.ts";

async function quietly(states: string) {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-quiet-"));
  writeSmall(dir, states);
  const { io, globals, out } = catchIo(dir);
  const code = await run({ ...unattended, quiet: true, runbook: "small", input: [] }, globals, io);
  return { code, out: out() };
}

test("a quiet run that succeeds says nothing", async () => {
  expect(await quietly(`pause: wait(() => "1ms")`)).toEqual({ code: 0, out: "" });
});

test("one that fails says so, why, and where to read more", async () => {
  const { code, out } = await quietly(`fork: branch([{ when: () => true, to: "failed" }])`);
  expect(code).toBe(1);
  expect(out).toMatch(
    /^runwright: R-\w+ failed: the runbook ended as failed\n {2}report: {2}runwright report R-\w+\n$/,
  );
});

test("one that waits for a person says what to type", async () => {
  const { code, out } = await quietly(`go: gate(() => ({ title: "Go?", summary: "", risk: "low" }))`);
  expect(code).toBe(8);
  expect(out).toMatch(/^runwright: R-\w+ paused at 1\/1 go/);
  expect(out).toContain("runwright approve R-");
});
