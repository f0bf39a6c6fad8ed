import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { page, root } from "./pages.ts";

/** The numbered invariants at the heads of files, by file: `M1  Nothing here acts. ...` */
function invariantsIn(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(path.join(root, folder)).flatMap((name) => {
    const text = readFileSync(path.join(root, folder, name), "utf8");
    return [...text.matchAll(/^ \* +([A-Z]\d) {2}(.*)$/gm)].map(
      ([, code = "", words = ""]) => [code, words] as const,
    );
  });
}

function beginning(words: string): string {
  return words.split(" ").slice(0, 5).join(" ");
}

test("the map quotes every invariant of engine, store and processes as its file states it", () => {
  const { text } = page("ARCHITECTURE.md");
  const prose = text.replaceAll(/\s+/g, " ");
  const stated = ["src/engine", "src/store", "src/process"].flatMap(invariantsIn);
  expect(stated.length).toBeGreaterThan(20);
  const missing = stated.filter(([code, words]) => !prose.includes(`${code}: ${beginning(words)}`));
  expect(missing).toEqual([]);
  const quoted = [...text.matchAll(/^- ([MRDVBLP]\d):/gm)].map(([, code = ""]) => code);
  expect(quoted.toSorted()).toEqual(stated.map(([code]) => code).toSorted());
});
