import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { serve } from "../steps/local-server.ts";
import { ended } from "../support/programs.ts";
import { blocksOf, page, root } from "./pages.ts";

/** The first block of a page in this language. */
function blockOf(file: string, language: string): string {
  return blocksOf(page(file)).find((block) => block.language === language)?.text ?? "";
}

test("the program of the page starts a run, answers its gate and drives it to the end with the built package", async () => {
  const told: string[] = [];
  const site = await serve((request, response) => {
    if (request.method === "POST") told.push(String(request.headers["idempotency-key"]));
    response.writeHead(request.method === "POST" ? 200 : 503).end();
  });
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-embedding-"));
  for (const name of ["runbooks", "node_modules"]) mkdirSync(path.join(dir, name));
  symlinkSync(root, path.join(dir, "node_modules", "runwright"));
  symlinkSync(path.join(root, "node_modules", "zod"), path.join(dir, "node_modules", "zod"));
  writeFileSync(path.join(dir, "runbooks", "site-down.ts"), blockOf("docs/writing-runbooks.md", "ts"));
  const program = path.join(dir, "site-down.mjs");
  writeFileSync(program, blockOf("docs/embedding.md", "js"));
  const child = spawn(process.execPath, [program, site.url, site.url], {
    cwd: dir,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, stdout, stderr } = await ended(child);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(told).toHaveLength(1);
  expect(stdout).toMatch(
    /^(R-\w+) is recorded[\s\S]*ask: Tell the team\?[\s\S]*approval\.used[\s\S]*run\.failed\n\1 failed: /,
  );
  await site.close();
}, 60_000);
