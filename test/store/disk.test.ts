import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { refuseUnfit } from "../../src/store/database.ts";

test.each([
  [0x6969, "NFS"],
  [0x65735546, "FUSE"],
  [0xff534d42, "CIFS"],
  [0xff534d42 | 0, "CIFS"],
])("a file system of type %i is refused by its name", (type, name) => {
  expect(() => refuseUnfit("/mnt/share/state.db", () => type)).toThrow(
    expect.objectContaining({ code: "STATE_REMOTE", message: expect.stringContaining(name) }),
  );
});

test("the disk that these tests run on is taken", () => {
  expect(() => refuseUnfit(path.join(tmpdir(), "state.db"))).not.toThrow();
});

test("a directory that is not there yet is judged by the one that it would be in, and a kernel's is told as one that cannot be written", () => {
  expect(() => refuseUnfit("/proc/a/b/state.db")).toThrow(
    expect.objectContaining({ code: "STATE_UNWRITABLE" }),
  );
});
