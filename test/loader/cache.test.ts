import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cacheDirectory } from "../../src/loader/cache.ts";
import { loadRunbook } from "../../src/loader/load.ts";
import { sha256 } from "../../src/model/json.ts";
import { directory, small } from "../support/runbook-files.ts";

/** A directory with these files and a cache of its own. */
function desk(files: Readonly<Record<string, string>>) {
  const cwd = directory(files);
  const env = { XDG_CACHE_HOME: path.join(cwd, "cache") };
  const cache = path.join(cwd, "cache", "runwright", "runbooks");
  expect(cacheDirectory(env)).toBe(cache);
  const load = () => loadRunbook("./small.ts", { cwd, env });
  const entries = () => readdirSync(cache).filter((name) => name.endsWith(".json"));
  /** Exchanges what an entry says, as only the owner of the cache can. */
  const forge = (text: string): void => {
    writeFileSync(path.join(cache, sha256(text)), text);
    for (const name of entries()) {
      const entry = JSON.parse(readFileSync(path.join(cache, name), "utf8")) as object;
      writeFileSync(path.join(cache, name), JSON.stringify({ ...entry, text: sha256(text) }));
    }
  };
  return {
    cwd,
    cache,
    load,
    entries,
    forge,
    write: (name: string, text: string) => writeFileSync(path.join(cwd, name), text),
  };
}

test("what was bundled once is taken from the cache, until a file changes, even to one of the same size and time", async () => {
  const { load, forge, write, cwd } = desk({
    "small.ts": small("said", `import { said } from "./said.ts";`),
    "said.ts": `export const said = "one";`,
  });
  const first = await load();
  expect(await load()).toMatchObject({ text: first.text, map: first.map, source: first.source });
  forge(first.text.replace(`"one"`, `"from the cache"`));
  expect((await load()).runbook.title).toBe("from the cache");
  const { atime, mtime } = statSync(path.join(cwd, "said.ts"));
  write("said.ts", `export const said = "two";`);
  utimesSync(path.join(cwd, "said.ts"), atime, mtime);
  expect((await load()).runbook.title).toBe("two");
});

test("a text that is not what its name says is never run", async () => {
  const { load, cache, entries } = desk({ "small.ts": small() });
  const { source } = await load();
  writeFileSync(path.join(cache, source), `throw new Error("run all the same");`);
  expect((await load()).source).toBe(source);
  expect(sha256(readFileSync(path.join(cache, source)))).toBe(source);
  for (const broken of ["", "{", "null", `{"text":"x"}`]) {
    for (const name of entries()) writeFileSync(path.join(cache, name), broken);
    expect((await load()).source).toBe(source);
  }
});

test("the cache is nobody else's: what others may have written there is not looked at", async () => {
  const { load, cache, forge } = desk({ "small.ts": small() });
  const { text } = await load();
  expect(statSync(cache).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(cache)) expect(statSync(path.join(cache, name)).mode & 0o777).toBe(0o600);
  forge(text.replace(`"Small"`, `"Forged"`));
  expect((await load()).runbook.title).toBe("Forged");
  chmodSync(cache, 0o770);
  expect((await load()).runbook.title).toBe("Small");
});

test("a file that would be taken instead of another is noticed", async () => {
  const { load, write } = desk({
    "small.ts": small("said", `import { said } from "./said.js";`),
    "said.ts": `export const said = "typescript";`,
  });
  expect((await load()).runbook.title).toBe("typescript");
  write("said.js", `export const said = "javascript";`);
  expect((await load()).runbook.title).toBe("javascript");
});

test("what had to be searched for is bundled every time", async () => {
  const { load, cache, cwd } = desk({
    "small.ts": small("said", `import { said } from "said";`),
    "node_modules/said/index.js": `export const said = "one";`,
  });
  expect((await load()).runbook.title).toBe("one");
  expect(readdirSync(cwd)).not.toContain("cache");
  expect(() => readdirSync(cache)).toThrow("ENOENT");
});

test("without a place for the cache everything works as it does without one", async () => {
  const { load, cwd } = desk({ "small.ts": small(), cache: "a file" });
  const { source } = await load();
  expect((await load()).source).toBe(source);
  expect(readFileSync(path.join(cwd, "cache"), "utf8")).toBe("a file");
});

test("what nobody has used for a month is dropped when something is added", async () => {
  const { load, cache, write } = desk({ "small.ts": small() });
  await load();
  const old = readdirSync(cache);
  for (const name of old) utimesSync(path.join(cache, name), 0, 0);
  write("small.ts", small(`"Other"`));
  const { source } = await load();
  expect(readdirSync(cache)).toContain(source);
  expect(readdirSync(cache)).toHaveLength(3);
});

test("programs that load the same file at once all get it, and leave nothing half-written", async () => {
  const { cwd, cache, entries } = desk({ "small.ts": small() });
  const built = new URL("../../dist/testing/index.js", import.meta.url).href;
  const script = `import { loadRunbook } from ${JSON.stringify(built)};
    for (let round = 0; round < 20; round += 1) {
      const { title } = await loadRunbook("./small.ts");
      if (title !== "Small") throw new Error(title);
    }`;
  const env = { ...process.env, XDG_CACHE_HOME: path.join(cwd, "cache") };
  const args = ["--input-type=module", "--eval", script];
  const programs = [1, 2, 3].map(() => spawn(process.execPath, args, { cwd, env, stdio: "inherit" }));
  // Each time somebody has to write it anew while the others read.
  const dropping = setInterval(() => {
    for (const name of existsSync(cache) ? entries() : []) rmSync(path.join(cache, name), { force: true });
  }, 15);
  const codes = await Promise.all(programs.map((program) => once(program, "exit")));
  clearInterval(dropping);
  expect(codes.map(([code]: unknown[]) => code)).toEqual([0, 0, 0]);
  await loadRunbook("./small.ts", { cwd, env });
  expect(entries()).toHaveLength(1);
  expect(readdirSync(cache).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
