/** The stand-in's stream against lines that the real terraform 1.11.4 printed: same types, same members, same order. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { incident } from "../../../src/practice/world/seed.ts";
import { bench, recorded, type Bench, type Ended, type Line } from "./bench.ts";

const { addresses, firstTargets } = incident.terraform;

/** What a reader relies on: the names of the members, and the values that do not depend on the account or the time. */
function shapeOf(line: Line): unknown {
  return reduce(line, "");
}

const telling = new Set([
  "type",
  "ui",
  "@level",
  "@module",
  "action",
  "severity",
  "id_key",
  "module",
  "operation",
  "sensitive",
]);

function reduce(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return "array";
  if (typeof value === "object" && value !== null) {
    // Names of outputs and resources differ between configurations.
    if (name === "outputs") return Object.values(value).map((item) => reduce(item, "output"))[0] ?? {};
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== "resource_key")
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => [key, reduce(item, key)]),
    );
  }
  return telling.has(name) ? value : typeof value;
}

const about = (line: Line) =>
  `${line.type} ${line["@message"].replace(/[\d.]+s|\[.*\]|\(.*|: operation.*/g, "").trim()}`;

function expectSameShapes(ours: Ended, recording: string, types: readonly string[]): void {
  const theirs = recorded(recording).filter(({ type }) => types.includes(type));
  expect(theirs.length).toBeGreaterThan(0);
  expectSame(ours, theirs);
}

function expectSame(ours: Ended, theirs: readonly Line[]): void {
  for (const their of theirs) {
    const what = about(their).replace("[0]", "");
    const our = ours.lines.find((line) => about(line) === what);
    expect({ what, shape: our && shapeOf(our) }).toEqual({ what, shape: shapeOf(their) });
  }
}

/** The names in the lock's description. */
function namesIn(line: Line | undefined): readonly (string | undefined)[] {
  return [...JSON.stringify(line).matchAll(/\\n {2}(\w+:) +/g)].map((match) => match[1]);
}

describe("the stand-in's stream has the shape of the real one", () => {
  let it: Bench;
  beforeAll(async () => {
    it = await bench({ locked: true });
    await it.run(["init", "-json", "-input=false"]);
  });
  afterAll(() => it.world.close());

  test("when the state is locked, down to the lines of the lock's description", async () => {
    const plan = await it.run(["plan", "-json", "-input=false"]);
    const [, refused] = recorded("locked-plan");
    // On a slow machine a line before it says that the lock takes a while.
    const lines = plan.lines.filter(({ type }) => type !== "state_lock_acquire");
    expect(lines.map(shapeOf)).toEqual(recorded("locked-plan").map(shapeOf));
    expect(namesIn(lines[1])).toEqual(namesIn(refused));
    expect(namesIn(lines[1])).toEqual([
      "ID:",
      "Path:",
      "Operation:",
      "Who:",
      "Version:",
      "Created:",
      "Info:",
    ]);
  });

  test("when it plans and applies, and when a part of it fails", async () => {
    await it.run(["force-unlock", "-force", incident.lock.id]);
    await it.run(["taint", addresses.taskDefinition]);
    const plan = await it.run(["plan", "-json", "-input=false"]);
    expectSameShapes(plan, "plan", ["version", "refresh_start", "refresh_complete", "planned_change"]);
    for (const type of ["change_summary", "outputs"]) expectSameType(plan, "plan", type);
    const order = plan.lines.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
    expect(order[0]).toBe("version");
    expect(order.slice(-3)).toEqual(["planned_change", "change_summary", "outputs"]);

    const targets = firstTargets.map((address) => `-target=${address}`);
    await it.run(["plan", "-json", "-input=false", "-out=tfplan", ...targets]);
    const apply = await it.run(["apply", "-json", "-input=false", "tfplan"]);
    expectSame(
      apply,
      recorded("apply-partial").filter((line) => !JSON.stringify(line).includes("redis_from")),
    );
    // A resource's diagnostic comes after everything that was done.
    const types = apply.lines.map(({ type }) => type);
    expect(types.indexOf("diagnostic")).toBeGreaterThan(types.lastIndexOf("apply_complete"));
  });

  test("when an apply ends well", async () => {
    await it.run(["plan", "-json", "-input=false", "-out=rule", `-target=${addresses.redisRule}`]);
    const apply = await it.run(["apply", "-json", "-input=false", "rule"]);
    expect(apply.lines.map(({ type }) => type).slice(-2)).toEqual(["change_summary", "outputs"]);
    expectSameType(apply, "apply-complete", "change_summary");
  });
});

function expectSameType(ours: Ended, recording: string, type: string): void {
  const [our, their] = [ours.lines, recorded(recording)].map((lines) =>
    lines.find((line) => line.type === type),
  );
  expect(our && shapeOf(our)).toEqual(their && shapeOf(their));
}
