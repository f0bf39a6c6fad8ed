import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, page, pages, root, type Page } from "./pages.ts";

interface Link {
  readonly file: string;
  readonly to: string;
}

function linksOf({ file, text }: Page): readonly Link[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = ""]) => ({ file, to }))
    .filter(({ to }) => !/^[a-z]+:/.test(to));
}

function isWhole({ file, to }: Link): boolean {
  const [name = "", anchor] = to.split("#");
  const target = name === "" ? file : path.join(path.dirname(file), name);
  if (!existsSync(path.join(root, target))) return false;
  return anchor === undefined || anchorsOf(page(target)).has(anchor);
}

test("every link between pages leads somewhere", () => {
  const broken = pages()
    .flatMap(linksOf)
    .filter((link) => !isWhole(link));
  expect(broken).toEqual([]);
});

test("every page of docs can be reached from its front page or from the readme", () => {
  const linked = new Set(
    pages()
      .flatMap(linksOf)
      .map(({ file, to }) => path.join(path.dirname(file), to.split("#")[0] ?? "")),
  );
  const unreachable = pages().filter(({ file }) => file !== "README.md" && !linked.has(file));
  expect(unreachable.map(({ file }) => file)).toEqual([]);
});
