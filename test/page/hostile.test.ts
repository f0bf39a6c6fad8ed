/** What people and the world put into a record reaches Markdown and pages as text, and as nothing else. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parsers } from "prettier/plugins/markdown";
import { beforeAll, expect, test } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import { reportPage, runPage } from "../../src/page/run-page.ts";
import { visible } from "../../src/redact/visible.ts";
import { writeReport } from "../../src/report/write.ts";
import { isUnsafe } from "../redact/hostile.ts";
import { hostileRecord, hostileStates } from "../support/hostile-record.ts";
import { payloads } from "../support/payloads.ts";
import { chromium, withBrowser } from "./browser.ts";

interface Tree {
  readonly type: string;
  readonly children?: readonly Tree[];
}

const harmless = "plain words";
const style = readFileSync("page/style.css", "utf8") + readFileSync("page/run.css", "utf8");
const script = readFileSync("page/scrub.js", "utf8");

function graphOf(text: string): Graph {
  const node = { id: text, title: text, kind: "read", uses: [text], steps: [text], risk: "low" } as const;
  const edges = [{ from: text, to: text, way: "on" as never, label: text }];
  return { id: text, title: text, initial: text, nodes: [node], edges, children: [] };
}

function pageOf(text: string): Promise<string> {
  const record = hostileRecord(text);
  const events = record.events[0] ?? [];
  const machine = { statesOf: () => hostileStates(events, text), graphOf: () => graphOf(text) };
  return runPage({ record, machine, withheld: new Set(), to: text, files: { style, script } });
}

/** The blocks of a Markdown text as another parser sees them, without what is inside of lines. */
function blocksOf(tree: Tree): unknown {
  const isLine = ["paragraph", "heading", "tableCell"].includes(tree.type);
  return [tree.type, ...(isLine ? [] : (tree.children ?? []).map(blocksOf))];
}

function typesOf(tree: Tree): readonly string[] {
  return [tree.type, ...(tree.children ?? []).flatMap(typesOf)];
}

const known = [
  "root",
  "heading",
  "paragraph",
  "table",
  "tableRow",
  "tableCell",
  "code",
  "inlineCode",
  "list",
  "listItem",
];
const inside = ["blockquote", "text", "sentence", "word", "whitespace", "strong", "liquidNode"];

function parse(markdown: string): Tree {
  return parsers.markdown.parse(markdown, {} as never) as Tree;
}

/** The tags of a page with the names of their attributes; what scripts and styles hold is not markup. */
function tagsOf(html: string): ReadonlySet<string> {
  const markup = html.replaceAll(/(<(script|style)[^>]*>)[\s\S]*?(<\/\2>)/g, "$1$3");
  const tags = [...markup.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/="[^"]*"/g, ""));
  return new Set([...tags, "<code>", "</code>"]);
}

let plain: {
  readonly blocks: unknown;
  readonly report: ReadonlySet<string>;
  readonly page: ReadonlySet<string>;
};

beforeAll(async () => {
  plain = {
    blocks: blocksOf(parse(await writeReport(hostileRecord(harmless)))),
    report: tagsOf(await reportPage(hostileRecord(harmless), style)),
    page: tagsOf(await pageOf(harmless)),
  };
});

test("there are at least 40 of them", () => {
  expect(new Set(payloads).size).toBeGreaterThanOrEqual(40);
});

test.for(payloads)("%j is text in Markdown", async (text) => {
  const markdown = await writeReport(hostileRecord(text));
  const tree = parse(markdown);
  expect(typesOf(tree).filter((type) => ![...known, ...inside].includes(type))).toEqual([]);
  expect(blocksOf(tree)).toEqual(plain.blocks);
  expect(isUnsafe(markdown)).toBe(false);
});

test.for(payloads)("%j is text on a page", async (text) => {
  const [report, page] = [await reportPage(hostileRecord(text), style), await pageOf(text)];
  expect([...tagsOf(report)].filter((tag) => !plain.report.has(tag))).toEqual([]);
  expect([...tagsOf(page)].filter((tag) => !plain.page.has(tag))).toEqual([]);
  expect(page.match(/<\/?script/gi)).toHaveLength(4);
  expect(isUnsafe(report + page)).toBe(false);
  const [, json = ""] = /id="moments">(.*?)<\/script>/s.exec(page) ?? [];
  const { texts } = JSON.parse(json) as { readonly texts: readonly string[] };
  expect(texts).toContain(visible(JSON.stringify(text, undefined, 1)));
});

test.skipIf(chromium === undefined)(
  "all of them together do nothing in a browser",
  async () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), "runwright-"));
    const names =
      "[...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))].toSorted().join()";
    await withBrowser(async (open) => {
      const seen: unknown[] = [];
      for (const text of [harmless, payloads.join("\n")]) {
        const file = path.join(dir, "page.html");
        writeFileSync(file, await pageOf(text));
        const page = await open(file);
        for (const key of ["k", "k", "k", "j"]) await page.press(key);
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
        expect(await page.evaluate("typeof window.hacked")).toBe("undefined");
        expect(await page.evaluate("document.getElementById('standing').textContent")).toContain(
          text.slice(0, 8),
        );
        expect(page.requests).toEqual([`file://${file}`]);
        expect(page.complaints).toEqual([]);
        seen.push(await page.evaluate(names));
      }
      expect(seen[1]).toBe(seen[0]);
    });
  },
  60_000,
);
