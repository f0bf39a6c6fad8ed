import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { commandLines, problemOf, usages, type Usage } from "./command-lines.ts";
import { blocksOf, page, pages, root, sectionsOf } from "./pages.ts";

let known: ReadonlyMap<string, Usage>;
beforeAll(async () => {
  known = await usages();
});

test("every runwright command in the pages exists, with its flags", () => {
  const lines = pages()
    .flatMap(blocksOf)
    .filter(({ language }) => language === "sh" || language === "console")
    .flatMap(({ page: file, language, text }) =>
      commandLines(language, text).map((line) => ({ file, line, problem: problemOf(line, known) })),
    );
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter(({ problem }) => problem !== null)).toEqual([]);
});

test("a command that does not exist, or a flag that it does not have, is noticed", () => {
  expect(problemOf("runwright explode R-7F3K", known)).toContain("no command");
  expect(problemOf("runwright status R-7F3K --force", known)).toContain("--force");
});

test("every npm script in the pages exists", () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = pages()
    .flatMap(blocksOf)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => [...text.matchAll(/npm (?:run (\S+)|(test))/g)])
    .map(([, script, test_]) => script ?? test_ ?? "");
  expect(named).toContain("practice");
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test("the page of the command line names every command with exactly its own flags", () => {
  const common = ["--db", "--json", "--color", "--debug", "--help", "-h"];
  const sections = sectionsOf(page("docs/command-line.md"), 3);
  expect([...sections.keys()].toSorted()).toEqual([...known.keys()].toSorted());
  for (const [name, { flags }] of known) {
    const rows = (sections.get(name) ?? "").matchAll(/^\| (`-[^|]*)\|/gm);
    const listed = [...rows].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(--?[a-z-]+)/g)].map(([, flag = ""]) => flag),
    );
    const own = [...flags].filter((flag) => !common.includes(flag));
    expect([name, ...listed.toSorted()]).toEqual([name, ...own.toSorted()]);
  }
});
