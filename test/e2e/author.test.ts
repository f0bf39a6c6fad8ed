/** An author with the packed tarball in an empty directory, who goes by the words of the pages. */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { templates } from "../../src/authoring/template.ts";
import { blocksOf, page, pages, root } from "../docs/pages.ts";

let dir: string;

interface Said {
  readonly code: number;
  readonly out: string;
}

const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, VITEST: _vitest, ...outer } = process.env;

function typed(file: string, words: readonly string[], cwd = dir): Promise<Said> {
  const env = {
    ...outer,
    XDG_STATE_HOME: path.join(dir, ".state"),
    XDG_RUNTIME_DIR: dir,
    RUNWRIGHT_STAND_IN_DELAY_MS: "20",
    NO_COLOR: "1",
  };
  return new Promise((resolve) => {
    execFile(file, words, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: stdout + stderr });
    });
  });
}

const modules = (...name: readonly string[]): string => path.join(dir, "node_modules", ...name);
const node = (file: string, ...words: readonly string[]): Promise<Said> =>
  typed(process.execPath, [file, ...words]);
const runwright = (...words: readonly string[]): Promise<Said> =>
  node(modules("runwright", "dist", "cli", "runwright.cjs"), ...words);
const tsc = (...words: readonly string[]): Promise<Said> =>
  node(modules("typescript", "bin", "tsc"), ...words);

function link(name: string): void {
  mkdirSync(path.dirname(modules(name)), { recursive: true });
  symlinkSync(path.join(root, "node_modules", name), modules(name));
}

/** A file that a page shows, the one that says this, where the page says. */
function save(file: string, from: string, saying = ""): void {
  const block = blocksOf(page(from)).find(({ language, text }) => language === "ts" && text.includes(saying));
  mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
  writeFileSync(path.join(dir, file), block?.text ?? "");
}

/** What `npm install` of the tarball leaves, but for the time that it takes: only what the package says that it needs is there. */
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "runwright-author-"));
  const packed = await typed(
    "npm",
    ["pack", "--ignore-scripts", "--silent", "--pack-destination", dir],
    root,
  );
  expect(packed).toMatchObject({ code: 0 });
  mkdirSync(modules("runwright"), { recursive: true });
  const unpack = [
    "-xzf",
    path.join(dir, packed.out.trim()),
    "-C",
    modules("runwright"),
    "--strip-components=1",
  ];
  expect(await typed("tar", unpack)).toMatchObject({ code: 0 });
  const { dependencies } = JSON.parse(readFileSync(modules("runwright", "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of [...Object.keys(dependencies), "typescript", "@types/node"]) link(name);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("what the pages link to is in the package", () => {
  const broken = pages().flatMap(({ file, text }) =>
    [...text.matchAll(/\]\(([^)\s#:]+)(?:#[^)]*)?\)/g)]
      .map(([, to = ""]) => path.join(path.dirname(file), to))
      .filter((to) => !existsSync(modules("runwright", to))),
  );
  expect(broken).toEqual([]);
});

test("the runbook of the pages is checked, compiled, drawn, tested and practised", async () => {
  save("runbooks/site-down.ts", "docs/writing-runbooks.md");
  expect(await tsc("--strict", "--noEmit", "runbooks/site-down.ts")).toEqual({ code: 0, out: "" });
  expect(await runwright("check", "--types", "runbooks/site-down.ts")).toEqual({
    code: 0,
    out: "1 file checked: 0 errors, 0 warnings.\n",
  });
  expect(await runwright("graph", "site-down")).toMatchObject({ code: 0, out: /gate\s+ask/ });
  save("test/site-down.test.ts", "docs/testing-runbooks.md");
  expect(await runwright("test", "site-down")).toMatchObject({ code: 0, out: /pass 3\n/ });
  // What is not declared is asked for, with what the world has.
  const asked = await runwright("practice", "site-down", "--auto");
  expect(asked).toMatchObject({ code: 2, out: /\{healthUrl\}\s+http:\/\/127/ });
  const given = ["--input", "url={healthUrl}", "--input", "webhook={webhook}"];
  expect(await runwright("practice", "site-down", "--auto", ...given)).toMatchObject({ code: 0 });
  save("practice/site-down.ts", "docs/practice.md");
  // It is down, the team is told, and that does not mend it.
  const practised = await runwright("practice", "site-down", "--auto");
  expect(practised).toMatchObject({ code: 3, out: /it is down for me, too[\s\S]*tell succeeded/ });
});

test("the plain machine of the pages is checked, compiled, and runs in practice", async () => {
  save("runbooks/site-up.ts", "docs/writing-runbooks.md", "fromMachine(");
  expect(await tsc("--ignoreConfig", "--strict", "--noEmit", "runbooks/site-up.ts")).toEqual({
    code: 0,
    out: "",
  });
  expect(await runwright("check", "site-up")).toMatchObject({ code: 0, out: /0 errors, 0 warnings/ });
  const practised = await runwright("practice", "site-up", "--auto", "--input", "url={healthUrl}");
  expect(practised).toMatchObject({ code: 0, out: /look succeeded[\s\S]*SUCCEEDED/ });
});

test.each(templates)("a new runbook from the template %s works as it is", async (template) => {
  const name = `new-${template}`;
  expect(await runwright("new", name, "--template", template)).toMatchObject({ code: 0 });
  expect(await runwright("check", name)).toMatchObject({ code: 0 });
  expect(await tsc("--strict")).toEqual({ code: 0, out: "" });
  expect(await runwright("test", name)).toMatchObject({ code: 0, out: /fail 0\n/ });
  const practised = await runwright("practice", name, "--auto", "--speed", "600");
  expect(practised).toMatchObject({ code: 0, out: /SUCCEEDED/ });
});

test("a test that fails says where, and ends with 1; as JSON, too", async () => {
  writeFileSync(
    path.join(dir, "test", "wrong.test.ts"),
    `import assert from "node:assert/strict";
import { test } from "node:test";

interface Wrong {
  readonly is: number;
}

test("it is two", () => {
  const wrong: Wrong = { is: 1 };
  assert.equal(wrong.is, 2);
});
`,
  );
  const said = await runwright("test", "wrong");
  expect(said).toMatchObject({ code: 1, out: /test\/wrong\.test\.ts:10:10/ });
  const { code, out } = await runwright("test", "wrong", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    schema: "runwright.dev/tests/v1",
    ok: false,
    tests: [{ file: "test/wrong.test.ts", name: "it is two", passed: false, why: /1 !== 2/ }],
  });
  rmSync(path.join(dir, "test", "wrong.test.ts"));
  expect(await runwright("test", "not-there")).toMatchObject({ code: 2, out: /no test `test\/not-there/ });
});

test("where the database's driver was not built, that is said, and what needs no database works", async () => {
  rmSync(modules("better-sqlite3"));
  mkdirSync(modules("better-sqlite3"));
  for (const part of ["package.json", "lib"])
    symlinkSync(path.join(root, "node_modules", "better-sqlite3", part), modules("better-sqlite3", part));
  const url = "http://127.0.0.1:9/";
  const inputs = ["--input", `url=${url}`, "--input", `webhook=${url}`];
  expect(await runwright("run", "site-down", ...inputs, "--db", "other.db")).toMatchObject({
    code: 1,
    out: /\[DRIVER_MISSING\][\s\S]*npm rebuild better-sqlite3/,
  });
  expect(existsSync(path.join(dir, "other.db"))).toBe(false);
  expect(await runwright("check", "site-down")).toMatchObject({ code: 0 });
  rmSync(modules("better-sqlite3"), { recursive: true });
  link("better-sqlite3");
});

test("where vitest is installed, a new test is one of vitest", async () => {
  link("vitest");
  const said = await runwright("new", "with-vitest");
  expect(said.out).toContain("npx vitest run test/with-vitest.test.ts");
  expect(await runwright("test", "with-vitest")).toMatchObject({
    code: 2,
    out: /npx vitest run test\/with-vitest/,
  });
  const ran = await node(modules("vitest", "vitest.mjs"), "run", "--root", dir, "test/with-vitest.test.ts");
  expect(ran).toMatchObject({ code: 0, out: /2 passed/ });
  rmSync(modules("vitest"));
});
