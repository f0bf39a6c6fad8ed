import { crashEverywhere, everyPath, fails, fake, fakeAt, simulate } from "runwright/testing";
import * as steps from "runwright/steps";
import { expect, test } from "vitest";
import rollback from "../../runbooks/rollback-release.ts";
import { answered, found, revision, rolledOut } from "./incident-fakes.ts";

const input = {
  dir: "/infra",
  region: "eu-central-1",
  cluster: "main",
  service: "api",
  lastGood: "api:1",
  checkUrl: "https://api.example.org/health",
  logGroup: "/ecs/api",
  errorPattern: "no token",
};
const answers = { approve: "approve", stuck: "stop" };
const good = revision(1, ["KEY"]);
const inactive = { ...good, status: "INACTIVE" };
const awaited = { ...rolledOut("completed"), expected: good.arn, live: good.arn };

/** First the usual way, then every other. */
const usual = [
  fakeAt("symptom", steps.httpProbe, answered(500), answered(200)),
  fakeAt("bad", steps.describeTaskDefinition, revision(2, [])),
  fakeAt("good", steps.describeTaskDefinition, good, inactive),
  fakeAt("errors", steps.logsSearch, found(12)),
  fake(steps.updateService, {
    deploymentId: "ecs-svc/2",
    taskDefinition: good.arn,
    previousTaskDefinition: revision(2, []).arn,
    createdAt: "2025-01-01T00:20:00.000Z",
  }),
  fake(steps.awaitDeployment, awaited, rolledOut("failed")),
  fakeAt("verify", steps.httpProbe, answered(200), answered(500)),
  fakeAt("quiet", steps.logsSearch, found(0), found(1)),
];

test("the release before is deployed once it is approved, and the follow-ups name the bad one", async () => {
  const run = await simulate(rollback, { input, steps: usual, answers });
  expect(run.end).toBe("succeeded");
  expect(run.effects).toEqual(["rollback-release/back"]);
  expect(run.summary.followUps.map(({ title }) => title)).toContain("Find out what was wrong with api:2");
});

test("a service that answers is left alone", async () => {
  const well = [fakeAt("symptom", steps.httpProbe, answered(200)), ...usual];
  expect(await simulate(rollback, { input, steps: well, answers })).toMatchObject({
    end: "cancelled",
    effects: [],
  });
});

test("a release that is on already, or that ECS cannot start any more, is not gone back to", async () => {
  for (const other of [inactive, revision(2, [])]) {
    const gone = [fakeAt("good", steps.describeTaskDefinition, other), ...usual];
    expect(await simulate(rollback, { input, steps: gone, answers })).toMatchObject({
      end: "failed",
      effects: [],
    });
  }
});

test("the gate names the images, and the secrets that would be lost", async () => {
  const bad = fakeAt("bad", steps.describeTaskDefinition, revision(2, ["KEY", "NEW"]));
  const { events } = await simulate(rollback, { input, steps: [bad, ...usual] });
  const gates = events.flatMap((event) => (event.type === "gate.opened" ? [event.data] : []));
  expect(gates).toMatchObject([{ shown: { summary: "api:2 -> api:1", lines: ["it lacks NEW"] } }]);
});

test("a service that cannot be updated asks a person", async () => {
  const refused = [fake(steps.updateService, fails("AWS_REFUSED")), ...usual];
  const run = await simulate(rollback, {
    input,
    steps: refused,
    answers: { ...answers, "back.decide": "cancel" },
  });
  expect(run).toMatchObject({ end: "cancelled", effects: [] });
});

test("every path ends as it should, and none deploys without an approval", async () => {
  const { paths, coverage } = await everyPath(rollback, { input, steps: usual });
  expect(coverage.missing).toEqual([]);
  expect(paths.filter(({ end }) => end === "faulted")).toEqual([]);
  const deployed = paths.filter(({ path }) => path.includes("back"));
  expect(deployed.every(({ answers: given }) => given.includes("approve: approve"))).toBe(true);
});

test("it is the same wherever its engine dies", async () => {
  const { differences } = await crashEverywhere(rollback, { input, steps: usual, answers });
  expect(differences).toEqual([]);
});
