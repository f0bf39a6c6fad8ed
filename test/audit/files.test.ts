import { expect, test } from "vitest";
import { digestsOf, fileChecks } from "../../src/audit/files.ts";
import type { Submission } from "../../src/audit/submission.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { sha256 } from "../../src/model/json.ts";
import { beginning, scribe } from "../support/made-events.ts";

const text = Buffer.from("the runbook");
const evidence = Buffer.from("evidence");
const pinned = { id: "b", title: "B", source: sha256(text) };

/** A run that names one runbook and one evidence file, twice. */
function events(): readonly RunEvent[] {
  const { events: told, add } = scribe("R-AAAA", { ...beginning, runbook: pinned });
  add("run.migrated", { from: pinned, to: { ...pinned, source: "f".repeat(64) } });
  const artifacts = [1, 2].map(() => ({ name: "out", sha256: sha256(evidence), bytes: 8 }));
  return told.map((event, index) => (index === 0 ? { ...event, artifacts } : event));
}

async function verdicts(
  kept: ReadonlyMap<string, Uint8Array>,
  form: Submission["form"] = "bundle",
  own = events(),
) {
  const file = async (_kind: string, digest: string) => kept.get(digest) ?? null;
  const all = own.map((event) => ({ seq: event.seq, run: event.run, type: event.type, event }));
  const checks = await fileChecks({ form, file } as Submission, all);
  return checks.map(({ verdict }) => verdict);
}

const whole = new Map([
  [sha256(text), text],
  [sha256(evidence), evidence],
  ["f".repeat(64), text],
]);

test("every digest that a run names is found once, also the runbook that took over", () => {
  expect(digestsOf(events())).toEqual({
    blobs: [sha256(evidence)],
    runbooks: [sha256(text), "f".repeat(64)],
  });
});

test("a file that is missing, or has other bytes than its digest, fails", async () => {
  const honest = events().slice(0, 1);
  expect(await verdicts(whole, "bundle", honest)).toEqual(["pass", "pass"]);
  expect(await verdicts(whole)).toEqual(["pass", "fail"]);
  expect(await verdicts(new Map([...whole, [sha256(evidence), text]]), "bundle", honest)).toEqual([
    "fail",
    "pass",
  ]);
  expect(await verdicts(new Map([[sha256(text), text]]), "database", honest)).toEqual(["fail", "pass"]);
});

test("where nothing can be compared, nothing passes", async () => {
  expect(await verdicts(whole, "lines")).toEqual(["unknown", "unknown"]);
  expect(await verdicts(whole, "bundle", [])).toEqual(["unknown", "unknown"]);
});
