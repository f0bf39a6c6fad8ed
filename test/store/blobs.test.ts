import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openBlobs } from "../../src/store/blobs.ts";
import { place } from "./store-support.ts";

test("a blob is named by the digest of its bytes and read back", async () => {
  const blobs = openBlobs(place());
  const sha256 = await blobs.put(Buffer.from("evidence"));
  expect(sha256).toBe(createHash("sha256").update("evidence").digest("hex"));
  expect(Buffer.from(await blobs.get(sha256)).toString()).toBe("evidence");
});

test("the same bytes may be put twice at once, and leave one file", async () => {
  const at = place();
  const blobs = openBlobs(at);
  const put = Array.from({ length: 20 }, () => blobs.put(Buffer.from("same")));
  const [sha256 = ""] = await Promise.all(put);
  const dir = path.join(at.dir, ".runwright", "blobs", sha256.slice(0, 2));
  expect(readdirSync(dir)).toEqual([sha256]);
});

test.each([
  ["changed", (file: string) => writeFileSync(file, "tampered")],
  ["lost", (file: string) => rmSync(file)],
])("a blob that was %s is not evidence", async (_how, spoil) => {
  const at = place();
  const blobs = openBlobs(at);
  const sha256 = await blobs.put(Buffer.from("evidence"));
  spoil(path.join(at.dir, ".runwright", "blobs", sha256.slice(0, 2), sha256));
  await expect(blobs.get(sha256)).rejects.toMatchObject({ code: "RECORD_BROKEN" });
});

test("a place that cannot be written is told, and nothing is acknowledged", async () => {
  const at = place();
  mkdirSync(path.join(at.dir, ".runwright"));
  writeFileSync(path.join(at.dir, ".runwright", "blobs"), "a file");
  await expect(openBlobs(at).put(Buffer.from("x"))).rejects.toMatchObject({ code: "STATE_UNWRITABLE" });
});
