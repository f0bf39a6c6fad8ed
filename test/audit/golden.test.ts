import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openSubmission } from "../../src/audit/bundle.ts";
import { verifySubmission } from "../../src/audit/verify.ts";
import { notReplayed } from "../../src/runs/replay-check.ts";
import { parseNotes } from "../../src/model/head-note.ts";

const root = "test/fixtures/bundles";
const versions = readdirSync(root);

test.each(versions)("a bundle of version %s still verifies", async (version) => {
  const place = path.join(root, version, "bundle");
  const submission = await openSubmission(place);
  const { notes } = parseNotes(readFileSync(path.join(root, version, "kept.log"), "utf8"), submission.log);
  const replay = async () => notReplayed("its engine may be another one by now");
  const { checks } = await verifySubmission(submission, { kept: notes, replay });
  const open = checks.filter(({ verdict }) => verdict !== "pass").map(({ name }) => name);
  expect(open).toEqual(["the runbook's machine comes to the same states"]);
});

test.each(versions)("its own verifier and today's pass a bundle of version %s", (version) => {
  const place = path.join(root, version, "bundle");
  for (const verifier of [path.join(place, "verify.py"), "verifier/verify.py"]) {
    expect(existsSync(verifier)).toBe(true);
    const args = [verifier, "--anchor", path.join(root, version, "kept.log"), place];
    const { status, stdout, error } = spawnSync("python3", args, { encoding: "utf8" });
    if (error !== undefined)
      return console.warn("SKIPPED: no python3 here, so the bundle is not verified by it.");
    expect(stdout.split("\n").filter((line) => /FAIL|UNKNOWN/.test(line))).toEqual([]);
    expect(status).toBe(0);
  }
});
