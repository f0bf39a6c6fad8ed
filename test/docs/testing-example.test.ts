import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { blocksOf, page, root } from "./pages.ts";

function codeOf(file: string, language: string): string {
  return blocksOf(page(file)).find((block) => block.language === language)?.text ?? "";
}

test("the tests that the page shows pass under node:test, in a directory of their own", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-testing-"));
  mkdirSync(path.join(dir, "runbooks"));
  mkdirSync(path.join(dir, "node_modules"));
  symlinkSync(root, path.join(dir, "node_modules", "runwright"));
  writeFileSync(path.join(dir, "runbooks", "site-down.ts"), codeOf("docs/writing-runbooks.md", "ts"));
  writeFileSync(path.join(dir, "site-down.test.mjs"), codeOf("docs/testing-runbooks.md", "js"));
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap"], {
    cwd: dir,
    env,
  });
  expect(stdout).toContain("# pass 3");
  expect(stdout).toContain("# fail 0");
});
