import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { tar, untar } from "../../src/audit/tar.ts";

const at = new Date("2025-10-07T13:51:04.000Z");
const files = new Map([
  ["empty", Buffer.alloc(0)],
  ["blobs/block", Buffer.alloc(512, 7)],
  ["résumé.txt", Buffer.from("text")],
]);

function plain(bytes: ReadonlyMap<string, Uint8Array> | undefined) {
  return [...(bytes ?? [])].map(([name, content]) => [name, Buffer.from(content).toString("hex")]);
}

test("what is put into a tar comes out of it", () => {
  expect(untar(tar("R-AAAA", files, at))?.get("blobs/block")).toEqual(Buffer.alloc(512, 7));
  const ascii = new Map([...files].slice(0, 2));
  expect(plain(untar(tar("R-AAAA", ascii, at)))).toEqual(plain(ascii));
});

test("everybody's tar reads it", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-tar-"));
  writeFileSync(path.join(dir, "x.tar"), tar("R-AAAA", new Map([["a.txt", Buffer.from("hello")]]), at));
  const { status, stderr } = spawnSync("tar", ["xf", "x.tar"], { cwd: dir, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(readFileSync(path.join(dir, "R-AAAA", "a.txt"), "utf8")).toBe("hello");
});

test("the same files at the same time make the same bytes", () => {
  expect(tar("R-AAAA", files, at)).toEqual(tar("R-AAAA", files, at));
});

test("what is no tar, or says no size, is not read as one", () => {
  expect(untar(Buffer.from("no tar"))).toBeUndefined();
  expect(untar(Buffer.alloc(1024))).toBeUndefined();
  const broken = Buffer.from(tar("R-AAAA", files, at));
  broken.write("not octal..", 124, "latin1");
  expect(untar(broken)).toBeUndefined();
});

test("a name that a header cannot hold is refused, not cut", () => {
  expect(() => tar("R-AAAA", new Map([["x".repeat(100), Buffer.alloc(0)]]), at)).toThrowError(RangeError);
});
