import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isAlive, membersOf, thisProcess } from "../../src/process/identity.ts";

test("this process is alive and says where and whose it is", () => {
  const self = thisProcess();
  expect(self).toMatchObject({ pid: process.pid, host: expect.any(String), user: expect.any(String) });
  expect(self.start).toMatch(/^\d+$/);
  expect(isAlive(self)).toBe(true);
});

test("a process of an earlier time or another start of the machine is not alive", () => {
  expect(isAlive({ ...thisProcess(), start: "1" })).toBe(false);
  expect(isAlive({ ...thisProcess(), boot: "another" })).toBe(false);
});

test("a group has members until they end", async () => {
  const child = spawn("sleep", ["30"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  expect(membersOf(pid)).toEqual([pid]);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(membersOf(pid)).toEqual([]);
});
