import { crashEverywhere, everyPath, fakeAt, simulate } from "runwright/testing";
import * as steps from "runwright/steps";
import { expect, test } from "vitest";
import missingSecret from "../../runbooks/missing-secret.ts";
import { answered, found, secretFakes as usual, secretInput as input, unsaved } from "./incident-fakes.ts";

const answers = { approveUnlock: "approve", approvePlan: "approve" };

test("the secret is delivered, and all effects are those that were approved", async () => {
  const run = await simulate(missingSecret, { input, steps: usual, answers });
  expect(run.end).toBe("succeeded");
  expect(run.effects).toEqual(
    ["unlock", "taint", "apply", "deploy", "notify"].map((state) => `missing-secret/${state}`),
  );
  expect(run.summary.followUps).toHaveLength(3);
});

test("a run that did not heal what users see ends as failed", async () => {
  const broken = [fakeAt("verify", steps.httpProbe, answered(500)), ...usual];
  const run = await simulate(missingSecret, { input, steps: broken, answers });
  expect(run.end).toBe("failed");
  const noisy = [fakeAt("quiet", steps.logsSearch, found(1)), ...usual];
  expect((await simulate(missingSecret, { input, steps: noisy, answers })).end).toBe("failed");
});

test("every path of both ways to re-create the revision ends as it should", async () => {
  for (const mode of ["taint", "replace"]) {
    const { paths, coverage } = await everyPath(missingSecret, { input: { ...input, mode }, steps: usual });
    const elsewhere = mode === "taint" ? [/-> approvePlan$/] : [/taint/, /missing-secret\/plan/];
    // What terraform cannot save is a path of its own, below.
    const others = [...elsewhere, /save/];
    const missing = coverage.missing.filter((name) => !others.some((pattern) => pattern.test(name)));
    expect(missing).toEqual([]);
    expect(paths.filter(({ end }) => end === "faulted")).toEqual([]);
    const applied = paths.filter(({ path }) => path.includes("apply"));
    expect(applied.every(({ answers: given }) => given.includes("approvePlan: approve"))).toBe(true);
  }
});

test("it is the same wherever its engine dies", async () => {
  const { differences } = await crashEverywhere(missingSecret, { input, steps: usual, answers });
  expect(differences).toEqual([]);
});

test("a state that terraform could not save is pushed after an approval, and what is left is planned anew", async () => {
  const failing = (state: string) => fakeAt(`missing-secret/${state}`, steps.terraformPlan, unsaved);
  const applying = fakeAt("missing-secret/apply", steps.terraformApply, unsaved);
  const given = { approveUnlock: "approve", approve: "approve", approvePlan: ["approve", "reject"] };
  const after = await simulate(missingSecret, { input, steps: [applying, ...usual], answers: given });
  expect(after.path.slice(-8)).toEqual([
    "approvePlan",
    "apply",
    "save",
    "save/inspect",
    "save/approve",
    "save/push",
    "plan",
    "approvePlan",
  ]);
  for (const [state, name] of [
    ["compare", "saveBefore"],
    ["plan", "save"],
  ] as const) {
    const run = await simulate(missingSecret, {
      input,
      steps: [failing(state), ...usual],
      answers: { approveUnlock: "approve", approve: "reject" },
    });
    expect(run.path.slice(-5)).toEqual([state, name, `${name}/inspect`, `${name}/approve`, `${name}.decide`]);
  }
});
