import { promisify } from "node:util";
import { expect, test } from "vitest";
import { harmlessModules } from "../../src/runs/powerless.ts";

const load = harmlessModules();
const part = (name: string, ...keys: readonly string[]): unknown =>
  keys.reduce((value, key) => (value as Record<string, unknown>)[key], load(name));

test("what only computes is there in full", () => {
  expect((part("node:path", "join") as (...parts: string[]) => string)("a", "b")).toBe("a/b");
});

test.each([
  ["node:fs", "readFileSync"],
  ["node:fs", "promises", "readFile"],
  ["node:child_process", "spawn"],
  ["node:net", "connect"],
  ["node:module", "createRequire"],
  ["node:vm", "runInThisContext"],
])("%s has its names, and refuses at %s", (name, ...keys) => {
  expect(part(name, ...keys)).toThrow("is not there while a record is looked at");
});

test("an author's import may be prepared, as long as nobody calls it", async () => {
  const run = promisify(part("node:child_process", "execFile") as () => void);
  await expect(run()).rejects.toThrow("is not there while a record is looked at");
  expect(typeof part("node:os", "EOL")).toBe("string");
  expect(() => load("node:nothing")).toThrow("there is no `node:nothing`");
});
