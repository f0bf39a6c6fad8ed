import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { refuseUnfit } from "../../src/store/disk.ts";

test.each([
  [0x6969, "NFS"],
  [0x65735546, "FUSE"],
  [0xff534d42, "CIFS"],
  [0xff534d42 | 0, "CIFS"],
])("a file system of type %i is refused by its name", (type, name) => {
  expect(() => refuseUnfit("/mnt/share", () => type)).toThrow(
    expect.objectContaining({ code: "STATE_MISPLACED", message: expect.stringContaining(name) }),
  );
});

test("the disk that these tests run on is taken", () => {
  expect(() => refuseUnfit(tmpdir())).not.toThrow();
});

test("a directory that is not there yet is judged by the one that it would be in", () => {
  expect(() => refuseUnfit("/proc/a/b/c")).toThrow(expect.objectContaining({ code: "STATE_MISPLACED" }));
});
