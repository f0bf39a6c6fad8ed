import { describe, expect, test } from "vitest";
import { planChanges, selection } from "../../../src/practice/terraform/plan/planner.ts";
import { readConfig, type Config } from "../../../src/practice/terraform/config/config.ts";
import { emptyState, withInstance } from "../../../src/practice/terraform/state/state.ts";
import { agrees, resolve, unknown } from "../../../src/practice/terraform/config/values.ts";

function scope(address: string, attribute: string): unknown {
  return address === "aws_new.one" ? unknown : `${address}/${attribute}`;
}

const everything = () => true;

describe("values of the configuration", () => {
  test("references become the attribute they name, in text, lists and JSON", () => {
    expect(resolve("x-${aws_vpc.main.id}", scope)).toBe("x-aws_vpc.main/id");
    expect(resolve([{ id: "${aws_vpc.main.id}" }], scope)).toEqual([{ id: "aws_vpc.main/id" }]);
    expect(resolve({ jsonencode: [{ b: 1, a: "${aws_vpc.main.id}" }] }, scope)).toBe(
      '[{"a":"aws_vpc.main/id","b":1}]',
    );
  });

  test("what refers to something unknown is unknown", () => {
    expect(resolve("${aws_new.one.arn}", scope)).toBe(unknown);
    expect(resolve([{ deep: "${aws_new.one.arn}" }], scope)).toBe(unknown);
  });

  test.each([
    [null, "", true],
    [[], null, true],
    ["512", "512", true],
    ["512", "1024", false],
    [["b", "a"], ["a", "b"], true],
    [["a"], ["a", "b"], false],
    [{ a: 1 }, { a: 1, b: 2 }, true],
    [{ a: 1, b: 2 }, { a: 1 }, false],
    ['[{"a":1}]', '[{"a":1,"mountPoints":[]}]', true],
    ['[{"a":1}]', '[{"a":2}]', false],
  ])("%j wanted and %j found agree: %j", (wanted, actual, expected) => {
    expect(agrees(wanted, actual)).toBe(expected);
  });
});

describe("the planner", () => {
  const config: Config = readConfig("practice/terraform");
  const parameter = "aws_ssm_parameter.feature_flags";
  const only = { ...config, resources: config.resources.filter(({ address }) => address === parameter) };
  const attributes = { name: "/hokusai/development/feature-flags", type: "String", value: "old", id: "x" };
  const state = withInstance(emptyState(), parameter, { schema_version: 0, attributes });

  test("a target brings what it refers to, and an unknown target nothing", () => {
    const isSelected = selection(config, ["aws_ecs_task_definition.api[0]"]);
    expect(config.resources.map(({ address }) => address).filter(isSelected)).toEqual([
      "aws_cloudwatch_log_group.api",
      "aws_ecs_task_definition.api",
      "aws_secretsmanager_secret.huggingface",
    ]);
    expect(
      config.resources.map(({ address }) => address).filter(selection(config, ["aws_vpc.typo"])),
    ).toEqual([]);
  });

  test("a change that needs no new object is an update, another one a replacement, a vanished wish a delete", () => {
    const planned = (changed: Config, from = state) =>
      planChanges({ config: changed, state: from, isSelected: everything, replace: [] })[0];
    expect(planned(only)).toMatchObject({ action: "update", after: { value: "{}" } });
    const renamed = withInstance(state, parameter, {
      schema_version: 0,
      attributes: { ...attributes, name: "/other" },
    });
    expect(planned(only, renamed)).toMatchObject({
      action: "replace",
      reason: "cannot_update",
      forcedBy: ["name"],
    });
    expect(planned({ ...config, resources: [] })).toMatchObject({ action: "delete", after: null });
  });

  test("it refuses to make what it cannot make", () => {
    const vpc = {
      ...config,
      resources: config.resources.filter(({ address }) => address === "aws_vpc.main"),
    };
    expect(() =>
      planChanges({ config: vpc, state: emptyState(), isSelected: everything, replace: [] }),
    ).toThrow("does not change aws_vpc.main");
  });
});
