import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { directory } from "../support/runbook-files.ts";

const root = path.join(import.meta.dirname, "../..");

test("the declarations that are shipped satisfy plain `tsc --strict`, without the types of Node", () => {
  const dir = directory({
    "own.ts": `export * from "runwright";
export * from "runwright/steps";
`,
  });
  mkdirSync(path.join(dir, "node_modules"));
  symlinkSync(root, path.join(dir, "node_modules", "runwright"));
  const compiler = path.join(root, "node_modules/typescript/bin/tsc");
  const args = [compiler, "--noEmit", "--strict", "--preserveSymlinks", "--types", "", "own.ts"];
  for (const name of ["zod", "xstate"])
    symlinkSync(path.join(root, "node_modules", name), path.join(dir, "node_modules", name));
  expect(spawnSync(process.execPath, args, { cwd: dir, encoding: "utf8" })).toMatchObject({
    stdout: "",
    status: 0,
  });
});
