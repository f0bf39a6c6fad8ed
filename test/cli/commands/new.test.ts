import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import missingSecret from "../../../runbooks/missing-secret.ts";
import { fromRecord } from "../../../src/authoring/draft.ts";
import { templates } from "../../../src/authoring/template.ts";
import { inputOrigins, outputOrigins, sourceText } from "../../../src/authoring/value-origins.ts";
import { check } from "../../../src/check/check.ts";
import { create, type NewArgs } from "../../../src/cli/commands/new.ts";
import { loadRunbook } from "../../../src/loader/load.ts";
import { fakeAt, simulate, type Simulation } from "../../../src/testing/index.ts";
import { awaitDeployment } from "../../../src/steps/index.ts";
import { rolledOut, secretFakes, secretInput } from "../../runbooks/incident-fakes.ts";
import { catchIo } from "../../support/read-io.ts";

const blank = { name: "mend-it", template: "blank", fromRun: undefined } as const;

function begin(args: NewArgs) {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-new-"));
  const { io, globals, out } = catchIo(dir);
  return { dir, out, made: () => create(args, globals, io) };
}

test.each(templates)("a runbook from the template %s has nothing wrong with it", async (template) => {
  const { dir, made, out } = begin({ ...blank, template });
  expect(await made()).toBe(0);
  expect(out()).toContain("wrote runbooks/mend-it.ts");
  const { findings } = await check(["runbooks/mend-it.ts"], { cwd: dir });
  expect(findings).toEqual([]);
  expect((await loadRunbook("mend-it", { cwd: dir, env: process.env })).runbook.id).toBe("mend-it");
  // Its test and its practice are run in author.test.ts.
  const own = readFileSync(path.join(dir, "test", "mend-it.test.ts"), "utf8");
  expect(own).toContain('"../runbooks/mend-it.ts"');
  expect(readFileSync(path.join(dir, "docs", "mend-it.md"), "utf8")).toContain("runwright run mend-it");
});

test("nothing is overwritten, and then nothing is written at all", async () => {
  const { dir, made } = begin(blank);
  mkdirSync(path.join(dir, "docs"));
  writeFileSync(path.join(dir, "docs", "mend-it.md"), "mine");
  await expect(made()).rejects.toMatchObject({ code: "USAGE", message: /docs\/mend-it\.md/ });
  expect(existsSync(path.join(dir, "runbooks"))).toBe(false);
  expect(readFileSync(path.join(dir, "docs", "mend-it.md"), "utf8")).toBe("mine");
});

test("a name that is no file's name is refused", async () => {
  for (const name of ["../mend", "Mend It", "", "-x"])
    await expect(begin({ ...blank, name }).made()).rejects.toMatchObject({ code: "USAGE" });
});

test("what was a value of the run stays one in the draft, within a text as well, by the words of its own name", () => {
  const arn = "arn:aws:ecs:eu-central-1:0:task-definition/api:7";
  const known = [
    ...outputOrigins({ previousTaskDefinition: arn, taskDefinition: arn, count: 4711 }, "get(deploy)"),
    ...inputOrigins({ service: "the-service", tick: "`${tick}`", short: "api" }),
  ];
  const draft = sourceText(
    {
      taskDefinition: arn,
      title: `Roll the-service to ${arn}, \`now\`?`,
      odd: "`${tick}`",
      count: 4711,
      api: "api-7",
    },
    known,
  );
  expect(draft).toBe(
    "{ taskDefinition: get(deploy).taskDefinition, " +
      "title: `Roll ${input.service} to ${get(deploy).previousTaskDefinition}, \\`now\\`?`, " +
      'odd: input.tick, count: get(deploy).count, api: "api-7" }',
  );
});

test("a run's path becomes a draft that passes its checks and goes the same way", async () => {
  const answers = { approveUnlock: "approve", approvePlan: "approve", decide: "redis", approve: "approve" };
  const steps = [
    fakeAt("rollout", awaitDeployment, rolledOut("failed"), rolledOut("completed")),
    ...secretFakes,
  ];
  const past = await simulate(missingSecret, { input: secretInput, steps, answers });
  expect(past.end).toBe("succeeded");
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-draft-"));
  for (const { file, text } of await fromRecord("again", past.events)) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }
  const text = readFileSync(path.join(dir, "runbooks", "again.ts"), "utf8");
  expect(text).toContain('gate(({ get }) => (steps.planForReview(get(steps.terraformPlan, "plan")))');
  expect(text).toContain("apiKey: secretReference,");
  expect(text).toMatch(/deploymentId: get\(steps\.updateService, "deploy"\)\.deploymentId/);
  const { findings } = await check(["runbooks/again.ts"], { cwd: dir });
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  const recording = readFileSync(path.join(dir, "test", "again.recording.json"), "utf8");
  const { runbook } = await loadRunbook("again", { cwd: dir, env: process.env });
  const again = await simulate(runbook, JSON.parse(recording) as Simulation);
  expect(again).toMatchObject({ end: "succeeded", fault: null });
  const states = (effects: readonly string[]) =>
    effects.map((effect) => effect.replace(/^.*\//, "").replace(/\d$/, ""));
  expect(states(again.effects)).toEqual(states(past.effects));
});
