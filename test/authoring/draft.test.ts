import { expect, test } from "vitest";
import { fromRecord } from "../../src/authoring/draft.ts";
import type { Target } from "../../src/model/event.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { beginning, gate, jdoe, scribe, started } from "../support/made-events.ts";

const url = "https://api.example/health";

/** The files of a draft from a run that probed a service and asked whether to go on. */
async function drafted(input: JsonObject, target: Target | null = null, title = "It answers") {
  const criteria = [{ id: "c", title, step: "look" }];
  const { events, add } = scribe("R-AAAA", { ...beginning, input, target, criteria });
  add("step.started", started("look", "http.probe", { url, method: "GET" }));
  add("step.succeeded", { step: "look", attempt: 1, output: { ok: true } });
  add("gate.opened", {
    ...gate("ask"),
    shown: { title: "Go?", summary: `about ${url}`, risk: "low", other: 1 },
  });
  add("approval.granted", { gate: "ask", digest: "", reason: "", useBy: null }, 1, jdoe);
  add("approval.used", { gate: "ask", digest: "" });
  const files = await fromRecord("mended", events);
  const text = (end: string): string => files.find(({ file }) => file.endsWith(end))?.text ?? "";
  return { files, runbook: text("mended.ts"), recording: text(".json"), page: text(".md") };
}

test("a draft is a runbook, a test, what the run recorded, and a page", async () => {
  const { files, recording } = await drafted({ url });
  expect(files.map(({ file }) => file)).toEqual([
    "runbooks/mended.ts",
    "test/mended.test.ts",
    "test/mended.recording.json",
    "docs/mended.md",
  ]);
  expect(JSON.parse(recording)).toEqual({
    input: { url },
    steps: [{ kind: "http.probe", at: "look", plays: [{ type: "returns", output: { ok: true } }] }],
    answers: { ask: "approve" },
  });
});

test("the states of a draft take from its input what the run took from it, and show again what was shown", async () => {
  const { runbook } = await drafted({ url, unused: "never used" });
  expect(runbook).toContain('look: step(steps.httpProbe, ({ input }) => ({ url: input.url, method: "GET" })');
  expect(runbook).toContain('title: "Go?", summary: `about ${input.url}`, risk: "low" }');
  expect(runbook).toContain("url: z.string(),");
  expect(runbook).not.toContain("unused");
  expect(runbook).not.toContain("other");
  expect(runbook).toContain('const { step, gate, define } = runbook("mended"');
});

test("a title from outside cannot leave its comment", async () => {
  const { runbook } = await drafted({}, null, "It answers\nprocess.exit(1); //");
  expect(runbook).toContain("// The run was judged by `look`: It answers process.exit(1); //.\n");
});

test("what the run acted on is held by the draft, too, but a practice world is not", async () => {
  const target = { account: "1", region: "us-east-1", dir: "/srv/app", workspace: "prod", practice: null };
  const held = await drafted({ dir: "/srv/app" }, target);
  expect(held.runbook).toContain(
    'target: (input) => ({ dir: input.dir, workspace: "prod", region: "us-east-1" })',
  );
  const practice = { ...target, dir: "http://127.0.0.1:1", practice: "http://127.0.0.1:1" };
  expect((await drafted({}, practice)).runbook).not.toContain("target:");
});

test("a run that did nothing is no draft", async () => {
  await expect(fromRecord("empty", scribe().events)).rejects.toMatchObject({ code: "USAGE" });
});
