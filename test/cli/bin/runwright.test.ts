import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";

const launcher = path.join(import.meta.dirname, "../../../dist/cli/runwright.cjs");

/** Loading modules is most of what `status` costs; each of the heavier ones would be felt by a script that asks in a loop. */
test("status loads only the few modules of Node that it cannot do without", () => {
  const required = [...readFileSync(launcher, "utf8").matchAll(/require\("(?:node:)?([a-z_:/]+)"\)/g)];
  const names = new Set(required.map(([, name = ""]) => name));
  expect(names).toEqual(new Set(["fs", "module", "os", "path", "util"]));
});

test("status makes no stream that it does not write to", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-quick-"));
  const listing = path.join(dir, "listing.cjs");
  writeFileSync(listing, "process.on('exit', () => process._rawDebug(process.moduleLoadList.join('\\n')));");
  const { status, stderr } = spawnSync(process.execPath, ["--require", listing, launcher, "status"], {
    cwd: dir,
    env: { XDG_STATE_HOME: dir },
    // Of this kind is `fs.ReadStream`, with a third of what a short command loads behind it.
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  expect(status).toBe(0);
  const loaded = stderr.split("\n").map((name) => name.replace(/^NativeModule /, ""));
  expect(loaded).toContain("internal/fs/sync_write_stream");
  for (const name of ["internal/fs/streams", "internal/fs/promises", "v8"])
    expect(loaded).not.toContain(name);
});
