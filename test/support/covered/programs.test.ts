import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { temporary } from "../terraform.ts";
import { Programs, ranWithin } from "./programs.ts";

const source = `export function greet(who: string | undefined): string {
  if (who === undefined) return "nobody";
  const later = () => "never called";
  return typeof later === "function" ? who : "impossible";
}
export function unused(): number {
  return 1;
}
console.log(greet(process.argv[2]), process.argv.includes("unused") ? unused() : 0);
`;

/** The source as a program, made as the real one is, and where it leaves what it ran. */
async function built() {
  const dir = temporary("programs");
  const [left, dist] = [path.join(dir, "left"), path.join(dir, "dist")];
  const file = path.join(dir, "src", "greet.ts");
  mkdirSync(path.dirname(file));
  writeFileSync(file, source);
  await build({
    entryPoints: [file],
    outfile: path.join(dist, "greet.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    sourcemap: true,
    minifySyntax: true,
    minifyWhitespace: true,
  });
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, [path.join(dist, "greet.js"), ...words], {
      env: { NODE_V8_COVERAGE: left },
      encoding: "utf8",
    });
  const programs = new Programs(left, dist);
  /** Whether the part of the source that begins with `from` was run. */
  const ran = (from: string): boolean => {
    const line = source.split("\n").findIndex((text) => text.includes(from)) + 1;
    const column = source.split("\n")[line - 1]?.indexOf(from) ?? -1;
    const span = { start: { line, column }, end: { line, column: column + from.length } };
    return ranWithin(programs.ran().get(file) ?? [], span);
  };
  return { left, run, programs, ran };
}

test("of a program's sources counts what it ran, and not what it only might have run", async () => {
  const { run, programs, ran } = await built();
  expect(ran("return typeof")).toBe(false);
  expect(run("ana").stdout).toBe("ana 0\n");
  programs.take();
  expect(ran("return typeof")).toBe(true);
  for (const part of ['return "nobody"', '"never called"', '"impossible"', "return 1", "unused() :"])
    expect(`${part} ${ran(part)}`).toBe(`${part} false`);
});

test("what several programs ran is added up, and each is taken in once", async () => {
  const { left, run, programs, ran } = await built();
  run("ana");
  run();
  run("ana", "unused");
  expect(readdirSync(left)).toHaveLength(3);
  programs.take();
  expect(readdirSync(left)).toEqual([]);
  for (const part of ["return typeof", 'return "nobody"', "return 1"])
    expect(`${part} ${ran(part)}`).toBe(`${part} true`);
  expect(ran('"never called"')).toBe(false);
});

test("what is still being written is left for the next time", async () => {
  const { left, programs } = await built();
  programs.take();
  mkdirSync(left);
  const half = path.join(left, "coverage-1-1-0.json");
  writeFileSync(half, '{"result":[{"url":');
  programs.take();
  expect(existsSync(half)).toBe(true);
});
