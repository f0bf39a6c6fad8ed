import { expect, test } from "vitest";
import { inputOrigins, outputOrigins, sourceText } from "../../src/authoring/value-origins.ts";

const inputs = inputOrigins({
  dir: "/srv/app",
  service: "checkout-api",
  port: 1443,
  dry: true,
  ids: ["i-1", "i-2"],
});

test("a value that was an input is written as that input, also inside a text", () => {
  expect(sourceText("/srv/app", inputs)).toBe("input.dir");
  expect(sourceText({ port: 1443, ids: ["i-1", "i-2"] }, inputs)).toBe(
    "{ port: input.port, ids: input.ids }",
  );
  expect(sourceText("restart checkout-api in /srv/app", inputs)).toBe(
    "`restart ${input.service} in ${input.dir}`",
  );
});

test("what is equal by chance stays as it was", () => {
  const chance = inputOrigins({ tries: 3, flag: true, zone: "a", team: "shop", nothing: null, empty: {} });
  expect(sourceText({ n: 3, b: true, z: "a", o: {} }, chance)).toBe('{ n: 3, b: true, z: "a", o: {  } }');
  expect(sourceText("the shop is shut", chance)).toBe('"the shop is shut"');
  expect(sourceText("shop", chance)).toBe("input.team");
});

test("of equal values the one of the same name is taken", () => {
  const same = inputOrigins({ from: "us-east-1", to: "us-east-1" });
  expect(sourceText({ to: "us-east-1", from: "us-east-1", at: "us-east-1" }, same)).toBe(
    "{ to: input.to, from: input.from, at: input.from }",
  );
});

test("an output is known by every name in it, but not by its place in a list", () => {
  const outputs = outputOrigins(
    { plan: { "sha-256": "4f1c4f1c" }, rows: ["row one"] },
    'get(steps.plan, "plan")',
  );
  expect(sourceText("4f1c4f1c", outputs)).toBe('get(steps.plan, "plan").plan["sha-256"]');
  expect(sourceText("row one", outputs)).toBe('"row one"');
  expect(outputOrigins("a whole text", "get(x)")).toEqual([]);
});

test("what would be code inside of a template is text there, too", () => {
  expect(sourceText("`${x}` \\ for checkout-api", inputs)).toBe("`\\`\\${x}\\` \\\\ for ${input.service}`");
  expect(sourceText({ "a-b": null }, inputs)).toBe('{ "a-b": null }');
});
