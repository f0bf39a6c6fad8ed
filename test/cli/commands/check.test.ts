import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { check } from "../../../src/cli/commands/check.ts";
import { catchIo } from "../../support/read-io.ts";

const corpus = new URL("../../fixtures/broken-runbooks/", import.meta.url).pathname;

/** A directory with these of the broken runbooks on its shelf. */
function shelf(...names: readonly string[]): string {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-check-"));
  mkdirSync(path.join(dir, "runbooks"));
  for (const name of names) cpSync(path.join(corpus, name), path.join(dir, "runbooks", name));
  return dir;
}

test("an error is told with file, line, rule, reason and remedy, and makes the exit code 1", async () => {
  const { io, globals, out } = catchIo(shelf("deploys-unasked.ts"));
  expect(await check({ files: [], types: false }, globals, io)).toBe(1);
  expect(out()).toBe(`error  runbooks/deploys-unasked.ts:21  no-gate
  why   No approval covers \`ecs.update-service\` (risk high) on the way \`look\` -> \`deploy\`: the
        engine would ask there, in its own words.
  fix   Put a \`gate\` before it that shows what is about to change, or name it in the \`covers\` of
        the gate that does.

1 file checked: 1 error, 0 warnings.
`);
});

test("a warning alone leaves the exit code at 0, and what a comment accepts is not told", async () => {
  const dir = shelf("taints-unasked.ts");
  const warned = catchIo(dir);
  expect(await check({ files: ["taints-unasked"], types: false }, warned.globals, warned.io)).toBe(0);
  expect(warned.out()).toMatch(/^warning {2}runbooks\/taints-unasked\.ts:\d+ {2}no-gate$/m);
  const file = path.join(dir, "runbooks", "taints-unasked.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("// <- no-gate", "// accept no-gate: it only marks"));
  const accepted = catchIo(dir, { json: true });
  expect(await check({ files: [file], types: false }, accepted.globals, accepted.io)).toBe(0);
  expect(JSON.parse(accepted.out())).toMatchObject({
    schema: "runwright.dev/check/v1",
    ok: true,
    findings: [],
    accepted: [{ rule: "no-gate", severity: "warning", state: "taint" }],
  });
  writeFileSync(file, text.replace("// <- no-gate", "// accept no-gate:"));
  const unreasoned = catchIo(dir);
  await check({ files: [file], types: false }, unreasoned.globals, unreasoned.io);
  expect(unreasoned.out()).toContain("1 warning.");
});

test("a file that is not there, and a directory without runbooks, are mistakes of the command", async () => {
  const { io, globals } = catchIo(mkdtempSync(path.join(tmpdir(), "runwright-none-")));
  const none = check({ files: ["./none.ts"], types: false }, globals, io);
  await expect(none).rejects.toMatchObject({ code: "RUNBOOK_UNKNOWN" });
  await expect(check({ files: [], types: false }, globals, io)).rejects.toMatchObject({ code: "USAGE" });
});

test("with --types the installed compiler is asked, with the nearest configuration or without one", async () => {
  const { io, globals, out } = catchIo(corpus, { json: true });
  // Beside node_modules, so that a compiler is there, with a configuration that has only the one file.
  const cache = new URL("../../../node_modules/.cache/", import.meta.url).pathname;
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(path.join(cache, "check-"));
  const files = ["inside.ts", "outside.ts"].map((name) => path.join(dir, name));
  for (const file of files) writeFileSync(file, "export const n: number = ['one'][0];\n");
  const compilerOptions = { noUncheckedIndexedAccess: true, types: [] };
  writeFileSync(path.join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["inside.ts"] }));
  await check({ files, types: true }, globals, io);
  rmSync(dir, { recursive: true });
  const { findings } = JSON.parse(out()) as { readonly findings: readonly Record<string, string>[] };
  expect(findings.filter(({ rule }) => rule === "types").map(({ why }) => why)).toEqual([
    "TS2322: Type 'string | undefined' is not assignable to type 'number'.",
    "TS2322: Type 'string' is not assignable to type 'number'.",
  ]);
});

test("without a compiler beside the file, --types says how to get one", async () => {
  const { io, globals } = catchIo(shelf("taints-unasked.ts"));
  const checked = check({ files: [], types: true }, globals, io);
  await expect(checked).rejects.toMatchObject({
    code: "USAGE",
    hint: expect.stringContaining("npm install"),
  });
});
