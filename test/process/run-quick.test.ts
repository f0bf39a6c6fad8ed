import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { runQuick } from "../../src/process/run-quick.ts";
import { program } from "./support.ts";

const here = { cwd: tmpdir(), env: { PATH: "/usr/bin:/bin" }, timeoutMs: 5_000 };

test("a short command gives its exit code and its output", async () => {
  const result = await runQuick("/bin/sh", ["-c", "echo out; echo err >&2; exit 4"], here);
  expect(result).toEqual({ exitCode: 4, stdout: "out\n", stderr: "err\n" });
});

test("its environment is exactly what is passed", async () => {
  const { stdout } = await runQuick("env", [], here);
  // Node itself passes this one on where coverage is counted.
  expect(stdout.replace(/^NODE_V8_COVERAGE=.*\n/m, "")).toBe("PATH=/usr/bin:/bin\n");
});

test("when its time is over the whole group is killed, and nobody waits for its output", async () => {
  const began = Date.now();
  await expect(runQuick(program("grandchild.sh"), ["30"], { ...here, timeoutMs: 200 })).rejects.toThrow(
    /within 200 ms/,
  );
  expect(Date.now() - began).toBeLessThan(1_000);
});

test("a program that is missing is named", async () => {
  await expect(runQuick("no-such-program", [], here)).rejects.toThrow(
    /`no-such-program` was not started: ENOENT/,
  );
});
