import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { page, root } from "./pages.ts";

/** Which files of `src` a file of `src` imports; how a neighbour is told from a stranger. */
const imports = new Map(
  readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => {
      const file = path.join("src", name);
      const text = readFileSync(path.join(root, file), "utf8");
      const named = [...text.matchAll(/from "(\.[^"]+)"/g)];
      return [file, new Set(named.map(([, to = ""]) => path.join(path.dirname(file), to)))] as const;
    }),
);

function walk(): readonly string[] {
  const [, section = ""] = page("ARCHITECTURE.md").text.split(
    "### An approval, from the key press to its use\n",
  );
  const steps = section.split(/^#/m)[0] ?? "";
  return [...steps.matchAll(/^\d+\. `([^`]+)`: /gm)].map(([, file = ""]) => file);
}

function knows(one: string, other: string): boolean {
  return imports.get(one)?.has(other) === true || imports.get(other)?.has(one) === true;
}

/** Directly, or by one file between, such as the one that puts both together. */
function areNeighbours(one: string, other: string): boolean {
  return (
    knows(one, other) || [...imports.keys()].some((between) => knows(one, between) && knows(between, other))
  );
}

test("the map leads from a key press to the use of an approval in at most 15 files, each beside the one before it", () => {
  const files = walk();
  expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  expect(files.length).toBeGreaterThan(5);
  expect(files.length).toBeLessThanOrEqual(15);
  const gaps = files.slice(1).map((file, index) => [files[index] ?? "", file] as const);
  expect(gaps.filter(([from, to]) => !areNeighbours(from, to))).toEqual([]);
});

test("map and recipes name only files that are there", () => {
  const gone = ["ARCHITECTURE.md", "CONTRIBUTING.md"].flatMap((file) =>
    [...page(file).text.matchAll(/`((?:[\w.-]+\/)+[\w-]+\.(?:ts|js|md|py))`/g)]
      .map(([, named = ""]) => named)
      .filter((named) => !["", "src", "src/cli"].some((dir) => existsSync(path.join(root, dir, named)))),
  );
  expect(gone).toEqual([]);
});

test("the map shows every folder of src", () => {
  const { text } = page("ARCHITECTURE.md");
  const folders = readdirSync(path.join(root, "src"), { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  expect(folders.map(({ name }) => name).filter((name) => !text.includes(`| \`src/${name}\``))).toEqual([]);
});
