import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { page, root } from "./pages.ts";

const src = path.join(root, "src");
const read = (name: string): string => readFileSync(path.join(src, name), "utf8");
const types = [...read("model/event.ts").matchAll(/^ {2}"([a-zA-Z]+\.[a-zA-Z]+)":/gm)].map(
  ([, type = ""]) => type,
);
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.startsWith("model/"))
  .map((name) => ({ room: name.split("/")[0] ?? "", text: read(name) }));

/** The row that an event ought to have. */
function rowOf(type: string): string {
  const naming = files.filter(({ text }) => text.includes(`"${type}"`)).map(({ room }) => room);
  return `${type}: ${[...new Set(naming)].toSorted().join(", ")}`;
}

test("the map says of each event which rooms name it, and of no other", () => {
  const rows = [
    ...page("ARCHITECTURE.md").text.matchAll(/^\| `([a-zA-Z]+\.[a-zA-Z]+)` +\| ([a-z, ]*?) *\|$/gm),
  ];
  expect(types.length).toBeGreaterThan(30);
  expect(rows.map(([, type = "", rooms = ""]) => `${type}: ${rooms}`)).toEqual(types.map(rowOf));
});

test("the files that the map calls exhaustive fold or tell every event", () => {
  for (const file of ["model/run-view.ts", "model/event-text.ts", "engine/replay.ts"])
    expect(types.filter((type) => !read(file).includes(`"${type}"`))).toEqual([]);
});
