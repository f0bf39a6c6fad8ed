import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.ts";

const dir = new URL("../fixtures/broken-runbooks/", import.meta.url).pathname;
const broken = readdirSync(dir).filter((name) => name.endsWith(".ts"));

/** What the comment `// <- RULE` marks: its own line, or the next one when it stands alone. */
function marked(name: string): readonly string[] {
  const lines = readFileSync(path.join(dir, name), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    const [, before = "", rule] = /^(.*)\/\/ <- ([a-z-]+)$/.exec(line) ?? [];
    if (rule === undefined) return [];
    const alone = before.trim() === "" && index > 0;
    return [`${index + (alone ? 2 : 1)} ${rule}`];
  });
}

describe("each broken runbook has exactly its one finding, in its line", () => {
  test.each(broken)("%s", async (name) => {
    const { findings } = await check([name], { cwd: dir });
    expect(findings.map(({ line, rule, why }) => ({ found: `${line} ${rule}`, why }))).toEqual(
      marked(name).map((found) => ({ found, why: expect.stringMatching(/\.$/) })),
    );
    expect(findings).toHaveLength(1);
  });
});

test("the corpus has at least thirty broken runbooks", () => {
  expect(broken.length).toBeGreaterThanOrEqual(30);
});

test("the runbooks that come with runwright have no findings, and say why they accept what they accept", async () => {
  const root = new URL("../../", import.meta.url).pathname;
  const names = readdirSync(path.join(root, "runbooks")).map((name) => path.join("runbooks", name));
  const { findings, accepted } = await check(names, { cwd: root });
  expect(findings).toEqual([]);
  expect(accepted.map(({ rule, state }) => [rule, state])).toEqual([
    ["endless-loop", "compare"],
    ["endless-loop", "plan"],
    ["endless-loop", "ingress"],
  ]);
});
