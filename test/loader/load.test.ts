import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "../../src/loader/evaluate.ts";
import { listRunbooks, loadRunbook } from "../../src/loader/load.ts";
import { sha256 } from "../../src/model/json.ts";
import { bench } from "../support/world-free.ts";

/** In this directory, with the cache of the test run. */
const at = (cwd: string) => ({ cwd, env: process.env });

/** A directory far from any package, with these files. */
function directory(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-loader-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

const header = `import { runbook, defineStep } from "runwright";\nimport { z } from "zod";\n`;
const look = `const look = defineStep({ kind: "own.look", effect: "read", risk: "none", timeout: "5s",
  input: z.strictObject({}), output: z.strictObject({ text: z.string() }), describe: () => "look",
  run: async () => ({ text: said }) });\n`;
const whole = `const { step, define } = runbook("own", { title: "Own", input: z.strictObject({}) });
export const own = define({ look: step(look, () => ({})) });\n`;

test("a runbook is found by its name in the working directory's own shelf, and runs", async () => {
  const dir = directory({
    "runbooks/own.ts": `${header}import { said } from "../said.ts";\n${look}${whole}`,
    "said.ts": `export const said: string = "hello";`,
  });
  const { runbook, text, source, file } = await loadRunbook("own", at(dir));
  expect(file).toBe(path.join(dir, "runbooks", "own.ts"));
  expect(source).toBe(sha256(text));
  const { start, drive, host } = bench(runbook);
  const run = start({});
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  expect(host.store.log.events(run).find(({ type }) => type === "step.succeeded")?.data).toMatchObject({
    output: { text: "hello" },
  });
});

test("the text that a run keeps is evaluated without the file, and does not depend on where that lay", async () => {
  const files = { "own.ts": `${header}const said: string = "hello";\n${look}${whole}` };
  const [one, other] = [directory(files), directory({ "deep/down/own.ts": files["own.ts"] })];
  const loaded = await loadRunbook("./own.ts", at(one));
  expect((await loadRunbook("deep/down/own.ts", at(other))).source).toBe(loaded.source);
  rmSync(one, { recursive: true });
  expect((await evaluate(loaded.text, "own.ts")).id).toBe("own");
});

test("a change of the file, or of what it imports, is another source", async () => {
  const dir = directory({
    "own.ts": `${header}import { said } from "./said.ts";\n${look}${whole}`,
    "said.ts": `export const said: string = "one";`,
  });
  const { source } = await loadRunbook("./own.ts", at(dir));
  writeFileSync(path.join(dir, "said.ts"), `export const said: string = "two";`);
  expect((await loadRunbook("./own.ts", at(dir))).source).not.toBe(source);
});

test("the runbooks that come with runwright load, with their whole families", async () => {
  const names = (await listRunbooks(at(directory({})))).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["missing-secret", "redis-sg"]));
  for (const name of names) {
    const { runbook } = await loadRunbook(name, at(directory({})));
    expect(runbook.id).toBe(name);
    expect(runbook.family.has(name)).toBe(true);
  }
});

test("an own runbook goes before one of the same name that comes with runwright", async () => {
  const dir = directory({ "runbooks/missing-secret.ts": `${header}const said = "mine";\n${look}${whole}` });
  const listed = (await listRunbooks(at(dir))).filter(({ name }) => name === "missing-secret");
  expect(listed).toEqual([{ name: "missing-secret", file: path.join(dir, "runbooks", "missing-secret.ts") }]);
});

test("an unknown runbook is told with those that are known", async () => {
  await expect(loadRunbook("nothing", at(directory({ "runbooks/own.ts": "" })))).rejects.toMatchObject({
    code: "RUNBOOK_UNKNOWN",
    message: expect.stringMatching(/`nothing` \(known: own, .*missing-secret/),
  });
  await expect(loadRunbook("./nothing.ts", at(directory({})))).rejects.toMatchObject({
    code: "RUNBOOK_UNKNOWN",
  });
});

test.each([
  ["does not parse", "export const = 1;", /Expected identifier/],
  ["throws", `throw new Error("on purpose");`, /on purpose/],
  ["exports no runbook", "export const one = 1;", /exports no runbook/],
  ["imports a file that is not there", `import "./gone.ts";`, /Could not resolve/],
  [
    "imports a package that is not there",
    `import x from "left-pad-of-nobody"; console.log(x);`,
    /Could not resolve/,
  ],
])("a file that %s is broken, and says why", async (_how, text, why) => {
  const dir = directory({ "broken.ts": text });
  await expect(loadRunbook("./broken.ts", at(dir))).rejects.toMatchObject({
    code: "RUNBOOK_BROKEN",
    message: expect.stringMatching(why),
  });
});

test("a runbook of an installed package is found by the package's name, also from a directory below", async () => {
  const dir = directory({
    "node_modules/@team/books/runbooks/own.ts": `${header}const said = "packed";\n${look}${whole}`,
    "deep/er/file.txt": "",
  });
  const { runbook, file } = await loadRunbook("@team/books/own", at(path.join(dir, "deep", "er")));
  expect(runbook.id).toBe("own");
  expect(file).toBe(path.join(dir, "node_modules/@team/books/runbooks/own.ts"));
  await expect(loadRunbook("@team/books/other", at(dir))).rejects.toMatchObject({ code: "RUNBOOK_UNKNOWN" });
});
