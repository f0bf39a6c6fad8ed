import { expect, test } from "vitest";
import { catalogue } from "../../src/model/catalogue.ts";
import { page } from "./pages.ts";

test("the page of errors lists exactly the codes of the catalogue, with their exit codes and hints", () => {
  const rows = [
    ...page("docs/errors.md").text.matchAll(/^\| `([A-Z_]+)` +\| (\d+) +\| (.+?) *\| (.+?) *\|$/gm),
  ];
  const listed = rows.map(([, code = "", exit, , hint]) => [code, { exit: Number(exit), hint }]);
  expect(listed.length).toBe(new Set(listed.map(([code]) => code)).size);
  expect(Object.fromEntries(listed)).toEqual(catalogue);
});
