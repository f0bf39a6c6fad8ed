import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { makeDirectory, writeDurably, writeDurablyNow, writeWhole } from "../../src/system/files.ts";

const ways = [
  ["writeWhole", writeWhole],
  ["writeDurablyNow", writeDurablyNow],
  ["writeDurably", writeDurably],
] as const;

test.each(ways)(
  "%s replaces a file, for its owner alone, and leaves nothing beside it",
  async (_name, write) => {
    const dir = mkdtempSync(path.join(tmpdir(), "runwright-files-"));
    const file = path.join(dir, "kept");
    await write(file, "one");
    await write(file, "two");
    expect(readFileSync(file, "utf8")).toBe("two");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(["kept"]);
  },
);

test.each(ways)("%s leaves what was there, and nothing beside it, when it fails", async (_name, write) => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-files-"));
  const file = path.join(dir, "taken");
  mkdirSync(path.join(file, "inside"), { recursive: true });
  await expect((async () => await write(file, "text"))()).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(dir)).toEqual(["taken"]);
});

test("a directory is made with those above it, private", () => {
  const dir = path.join(mkdtempSync(path.join(tmpdir(), "runwright-files-")), "a", "b");
  makeDirectory(dir);
  expect(statSync(path.dirname(dir)).mode & 0o777).toBe(0o700);
});
