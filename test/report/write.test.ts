import { expect, test } from "vitest";
import { runTreeOf } from "../../src/runs/find-run.ts";
import { openBlobs } from "../../src/store/blobs.ts";
import { verifyStored } from "../../src/runs/verify.ts";
import { writeReport } from "../../src/report/write.ts";
import { finishedRun, smallBench } from "../support/read-run.ts";
import type { Bench } from "../support/world-free.ts";

async function written(made: Bench, run: string): Promise<string> {
  const { store } = made.host;
  const blobs = openBlobs(store);
  const family = runTreeOf(store, run);
  const verified = await verifyStored(
    store,
    family.map(({ row }) => row.run),
    { blobs },
  );
  return writeReport({ events: family.map(({ events }) => events), artifact: blobs.get, verified });
}

const titles = [
  "Summary",
  "Impact and root cause",
  "The fix",
  "Plans and applies",
  "Before and after",
  "Verification",
  "Regression checks",
  "Deployments",
  "Timeline",
  "Secondary issues",
  "Success criteria",
  "Approvals and decisions",
  "Attempts in doubt",
  "Next steps",
  "Conclusion",
  "Sign-off",
  "Record integrity",
  "Evidence files",
];

test("a report has every section in order, and its status is a word", async () => {
  const made = await finishedRun();
  const report = await written(made, made.run);
  expect([...report.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(titles);
  expect(report).toContain("| Status | **SUCCEEDED**, 1 follow-up open |");
});

test("findings, criteria, approvals and follow-ups name their evidence, people and dates", async () => {
  const made = await finishedRun({ fail: 1 });
  const report = await written(made, made.run);
  expect(report).toMatch(/\| confirmed \| it says hello \| `look` \| `#\d+` \|/);
  expect(report).toMatch(/\| it was acted \| [\d: -]+ \| [\d: -]+ \| \*\*PASS\*\* \| `#\d+` \| `act` \|/);
  expect(report).toMatch(
    /\| `approve`: Go on\? \|.*\*\*APPROVED\*\*, used [\d: -]+ \(`#\d+`\) \| ana \| as user of the operating system \| looks right \|/,
  );
  expect(report).toMatch(/\| Tell everybody \| ana \| [\d: -]+ \| \*\*open\*\* \|/);
  expect(report).toContain("Signed off by: **nobody yet**");
  expect(report).toMatch(/AWS_THROTTLED: Call 1 was throttled\..*ana chose `retry`: try again/);
  expect(report).toMatch(/\d+ stored events, head event `\d+` with hash `[0-9a-f]{64}`/);
  expect(report).not.toContain("DOES NOT VERIFY");
});

test("a child run is told as an issue with its own cause, fix and result", async () => {
  const made = await finishedRun();
  const report = await written(made, made.run);
  const [, secondary = ""] = report.split("## Secondary issues");
  expect(secondary).toMatch(/### Inner work \(child run `R-/);
  expect(secondary).toMatch(
    /\*\*Cause\*\*[\s\S]*\*\*Fix\*\*[\s\S]*\*\*1\.\*\* `echo hello`[\s\S]*\*\*Result\*\*[\s\S]*\*\*SUCCEEDED\*\*/,
  );
});

test("an unfinished run concludes nothing and says what it waits for", async () => {
  const made = await smallBench();
  const run = made.start({ fail: 0, text: "hello" });
  await made.drive(run);
  const report = await written(made, run);
  expect(report).toContain("| Status | **WAITING (not ended)** |");
  expect(report).toContain("Nothing can be concluded yet.");
  expect(report).toContain("Decision wanted at `approve`: Go on?");
  expect(report).toContain("**PENDING**");
});

test("hostile text stays text, in tables, quotes and prose", async () => {
  const hostile = "a | b\n```\n# injected\n<script>x</script> ![i](http://e.example) \u202e";
  const made = await finishedRun({ text: hostile });
  const report = await written(made, made.run);
  const outside = report.replaceAll(/^(`{3,})\w+\n[\s\S]*?\n\1$/gm, "");
  expect(outside).not.toContain("<script>");
  expect(outside).not.toMatch(/^# injected/m);
  expect(outside).not.toContain("![i]");
  expect(report).not.toContain("\u202e");
});

test("evidence that is gone is called gone, and the record does not verify", async () => {
  const made = await finishedRun();
  const { store } = made.host;
  const events = runTreeOf(store, made.run).map((member) => member.events);
  const broken = { put: async () => "", get: async () => Promise.reject(new Error("nothing there")) };
  const verified = await verifyStored(store, [made.run], { blobs: broken });
  const report = await writeReport({ events, artifact: broken.get, verified });
  expect(report).toContain("**NOT AVAILABLE**: nothing there");
  expect(report).toContain("THIS RECORD DOES NOT VERIFY");
});

test("the same record always gives the same report", async () => {
  const made = await finishedRun();
  expect(await written(made, made.run)).toBe(await written(made, made.run));
});
