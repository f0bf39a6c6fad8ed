/** Fits what `new` writes to the directory that it is written into. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { NewFile } from "./template.ts";

/** What an editor and `tsc` need to know of a runbook's files. */
const compilerOptions = {
  strict: true,
  noEmit: true,
  target: "es2023",
  module: "esnext",
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  types: ["node"],
};

/** The same files for vitest where that is installed, and a `tsconfig.json` where there is none. */
export function fitToDirectory(files: readonly NewFile[], dir: string): readonly NewFile[] {
  const tests = hasVitest(dir) ? files.map(forVitest) : files;
  if (isInstalledAbove(dir).some((place) => existsSync(path.join(place, "tsconfig.json")))) return tests;
  const config = { compilerOptions, include: ["*.ts", "runbooks", "practice", "test"] };
  return [...tests, { file: "tsconfig.json", text: `${JSON.stringify(config, undefined, 2)}\n` }];
}

function forVitest({ file, text }: NewFile): NewFile {
  return { file, text: text.replace('import { test } from "node:test";', 'import { test } from "vitest";') };
}

/** Whether a test in this directory can import vitest. */
export function hasVitest(dir: string): boolean {
  try {
    createRequire(path.join(dir, "test", "any.ts")).resolve("vitest/package.json");
    return true;
  } catch {
    return false;
  }
}

function isInstalledAbove(dir: string): readonly string[] {
  const parent = path.dirname(dir);
  return parent === dir ? [dir] : [dir, ...isInstalledAbove(parent)];
}
