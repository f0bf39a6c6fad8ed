import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { createDisk, type Fate } from "./disk.ts";
import type { Entry } from "./recording.ts";

const nothing: Fate = { names: () => 0, write: () => "lost", sector: () => false };
const everything: Fate = { names: (count) => count, write: () => "kept", sector: () => true };

/** The root directory of the recordings below is inode 1. */
function left(entries: readonly Entry[], fate: Fate): Readonly<Record<string, string>> {
  const disk = createDisk();
  for (const entry of entries) disk.apply(entry);
  const dir = path.join(mkdtempSync(path.join(tmpdir(), "runwright-disk-")), "cut");
  disk.cut(dir, fate);
  return Object.fromEntries(
    readdirSync(dir).map((name) => [name, readFileSync(path.join(dir, name), "latin1")]),
  );
}

const create = (name: string, inode: bigint): Entry => ({ type: "create", path: name, inode });
const write = (inode: bigint, offset: number, text: string): Entry => ({
  type: "write",
  inode,
  offset,
  bytes: Buffer.from(text),
});
const sync = (inode: bigint): Entry => ({ type: "sync", inode });

test("a file keeps what was synced, once its directory keeps its name", () => {
  const synced = [create("a", 2n), write(2n, 0, "one"), sync(2n)];
  expect(left(synced, nothing)).toEqual({});
  expect(left([...synced, sync(1n), write(2n, 3, "two")], nothing)).toEqual({ a: "one" });
  expect(left([...synced, sync(1n), write(2n, 3, "two")], everything)).toEqual({ a: "onetwo" });
});

test("a later write may survive an earlier one, which leaves a hole", () => {
  const fate: Fate = { ...everything, write: (index) => (index === 1 ? "kept" : "lost") };
  expect(left([create("a", 2n), sync(1n), write(2n, 0, "ab"), write(2n, 2, "cd")], fate)).toEqual({
    a: "\0\0cd",
  });
});

test("a torn write keeps whole sectors", () => {
  let sectors = 0;
  const fate: Fate = { ...everything, write: () => "torn", sector: () => (sectors += 1) === 1 };
  const text = left([create("a", 2n), sync(1n), write(2n, 500, "x".repeat(700))], fate)["a"];
  // From 500 up to the border at 512.
  expect(text).toBe("\0".repeat(500) + "x".repeat(12));
});

test("names change in order, and a rename is one change", () => {
  const entries: readonly Entry[] = [
    create("new", 2n),
    write(2n, 0, "1"),
    sync(2n),
    sync(1n),
    { type: "rename", path: "new", to: "a" },
    create("b", 3n),
    { type: "remove", path: "a" },
  ];
  const after = (count: number): readonly string[] =>
    Object.keys(left(entries, { ...nothing, names: () => count }));
  expect([0, 1, 2, 3].map(after)).toEqual([["new"], ["a"], ["a", "b"], ["b"]]);
});

test("a file that was made shorter and longer again has forgotten what it held", () => {
  const entries: readonly Entry[] = [
    create("a", 2n),
    write(2n, 0, "secret"),
    { type: "truncate", inode: 2n, size: 1 },
    write(2n, 4, "!"),
    sync(2n),
    sync(1n),
  ];
  expect(left(entries, nothing)).toEqual({ a: "s\0\0\0!" });
});
