import { expect, test } from "vitest";
import { rules } from "../../src/check/rules/problem.ts";
import { page, sectionsOf } from "./pages.ts";

const sections = sectionsOf(page("docs/rules.md"), 2);

test("the page of rules has one heading for each rule, in the order of the code", () => {
  expect([...sections.keys()]).toEqual(Object.keys(rules));
});

test("each rule's section says how bad it is", () => {
  const said = [...sections].map(([rule, text]) => [rule, /^Severity: (\w+)/.exec(text)?.[1]]);
  expect(said).toEqual(Object.entries(rules).map(([rule, { severity }]) => [rule, severity]));
});
