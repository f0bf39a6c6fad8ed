import { expect, test } from "vitest";
import { factsOf } from "../../src/practice/facts.ts";
import { troubles } from "../../src/practice/world/troubles.ts";
import { page, sectionsOf } from "./pages.ts";

/** The names in the first column of the table under this heading of its first column. */
function firstColumn(text: string, heading: string): readonly string[] {
  const [, rows = ""] = text.split(new RegExp(`^\\| ${heading} .*\\n\\|[- |]+\\n`, "m"));
  const table = /^(\|.*\n)*/.exec(rows)?.[0] ?? "";
  return table
    .split("\n")
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name));
}

test("the page of practice names every trouble and every fact of a world", () => {
  const sections = sectionsOf(page("docs/practice.md"), 2);
  expect(firstColumn(sections.get("The world") ?? "", "Trouble")).toEqual([...troubles]);
  const facts = Object.keys(factsOf({ url: "", dir: "", keyVariable: "KEY" }));
  const told = firstColumn(sections.get("Your own runbook") ?? "", "Fact");
  expect(told.toSorted()).toEqual(facts.toSorted());
});
