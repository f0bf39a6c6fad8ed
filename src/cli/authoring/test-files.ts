/** Runs tests of runbooks under Node's own test runner, which imports TypeScript here. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { typeScriptFile } from "../../loader/typescript/file.ts";
import { RunbookError } from "../../model/error.ts";
import type { Globals, Io } from "../io.ts";
import { printJson } from "../view/print.ts";

const named = /\.test\.[cm]?[jt]s$/;

/** Runs the tests in these files, by path or by runbook, or all that are in `test/`; 1 when one fails. */
export async function testFiles(wanted: readonly string[], globals: Globals, io: Io): Promise<number> {
  const files = await chosen(wanted, io.cwd);
  for (const file of files) await refuseVitest(file, io.cwd);
  const { run } = await import("node:test");
  const { spec: Spec } = await import("node:test/reporters");
  // Each file runs in a process of its own, which takes its options from here.
  process.env["NODE_OPTIONS"] = [
    io.env["NODE_OPTIONS"] ?? "",
    `--enable-source-maps --import=${pathToFileURL(typeScriptFile()).href}`,
  ].join(" ");
  if (globals.color === "never") process.env["NO_COLOR"] = "1";
  // Within another test this one would not be run.
  delete process.env["NODE_TEST_CONTEXT"];
  const tests: TestedCase[] = [];
  const stream = run({ files: [...files] });
  stream.on("test:pass", (data) => tests.push(told(data, io.cwd, true)));
  stream.on("test:fail", (data) => tests.push(told(data, io.cwd, false)));
  if (globals.json) stream.resume();
  else stream.compose(new Spec()).pipe(io.stdout, { end: false });
  await new Promise((resolve) => stream.once("close", resolve));
  const ok = tests.every(({ passed }) => passed);
  if (globals.json) printJson(io, "tests", { ok, tests });
  return ok ? 0 : 1;
}

interface TestedCase {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  readonly milliseconds: number;
  /** What failed, in words. */
  readonly why: string | null;
}

interface TestReport {
  readonly file?: string;
  readonly name: string;
  readonly details: { readonly duration_ms: number; readonly error?: Error };
}

function told({ file = "", name, details }: TestReport, cwd: string, passed: boolean): TestedCase {
  const { error, duration_ms: milliseconds } = details;
  const cause = error?.cause instanceof Error ? error.cause : error;
  const why = passed ? null : (cause?.message ?? "it failed");
  return { file: path.relative(cwd, file), name, passed, milliseconds: Math.round(milliseconds), why };
}

async function chosen(wanted: readonly string[], cwd: string): Promise<readonly string[]> {
  if (wanted.length > 0) return wanted.map((name) => fileOf(name, cwd));
  const found = await readdir(path.join(cwd, "test")).catch(() => []);
  const files = found.filter((file) => named.test(file)).map((file) => path.join(cwd, "test", file));
  if (files.length > 0) return files.toSorted();
  throw new RunbookError("USAGE", "There are no tests (`NAME.test.ts`) in `test/` of this directory.", {
    hint: "Name a file: runwright test ./site-down.test.ts   or a past run: runwright test --replay RUN",
  });
}

/** The test of a runbook is called as the runbook is. */
function fileOf(name: string, cwd: string): string {
  const candidates = /[/\\]|\.[cm]?[jt]s$/.test(name)
    ? [path.resolve(cwd, name)]
    : ["ts", "mts", "js", "mjs"].map((ext) => path.join(cwd, "test", `${name}.test.${ext}`));
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file !== undefined) return file;
  throw new RunbookError("USAGE", `There is no test \`${path.relative(cwd, candidates[0] ?? name)}\`.`, {
    hint: `See what is there: ls ${path.dirname(path.relative(cwd, candidates[0] ?? name))}`,
  });
}

/** Such a test would only fail, with words that tell nothing. */
async function refuseVitest(file: string, cwd: string): Promise<void> {
  if (!/\bfrom\s+["']vitest["']/.test(await readFile(file, "utf8"))) return;
  const name = path.relative(cwd, file);
  throw new RunbookError("USAGE", `\`${name}\` is written for vitest.`, {
    hint: `Run it with: npx vitest run ${name}   or let it import \`test\` from "node:test".`,
  });
}
