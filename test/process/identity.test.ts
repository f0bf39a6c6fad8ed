import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bootId, groupOf, isAlive, startIn, thisProcess } from "../../src/process/identity.ts";

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
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const leader = { pid, start: startIn(stat), boot: bootId() };
  expect(groupOf(leader)).toEqual([pid]);
  expect(groupOf({ ...leader, start: "1" })).toEqual([]);
  expect(groupOf({ ...leader, boot: "another" })).toEqual([]);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(groupOf(leader)).toEqual([]);
});
