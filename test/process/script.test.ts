import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { abandon, createFolder, readState } from "../../src/process/records.ts";
import { script } from "../../src/process/launch.ts";
import { temporary } from "./support.ts";

function supervise(folder: string, ...command: readonly string[]): number | null {
  return spawnSync("/bin/sh", ["-c", script, folder, ...command], { stdio: "ignore" }).status;
}

function newFolder(): string {
  const folder = path.join(temporary(), "run");
  expect(createFolder(folder, "00")).toBe(true);
  return folder;
}

test("a supervisor that comes after the fence runs nothing", () => {
  const folder = newFolder();
  const mark = path.join(folder, "mark");
  expect(readState(folder)).toEqual({ state: "pending" });
  expect(abandon(folder)).toBe(true);
  expect(supervise(folder, "/bin/touch", mark)).toBe(125);
  expect(existsSync(mark)).toBe(false);
  expect(readState(folder)).toEqual({ state: "abandoned" });
});

test("an engine that comes after the supervisor cannot take the fence", () => {
  const folder = newFolder();
  expect(supervise(folder, "/bin/sh", "-c", "exit 9")).toBe(0);
  expect(abandon(folder)).toBe(false);
  expect(readState(folder)).toMatchObject({ state: "exited", exitCode: 9 });
});

test("two supervisors of one folder run the command once", () => {
  const folder = newFolder();
  const ledger = path.join(folder, "ledger");
  const statuses = [1, 2].map(() => supervise(folder, "/bin/sh", "-c", `echo ran >> '${ledger}'`));
  expect(statuses).toEqual([0, 125]);
  expect(readFileSync(ledger, "utf8")).toBe("ran\n");
});

test("a supervisor that cannot write its record runs nothing", () => {
  const folder = path.join(temporary(), "missing");
  const mark = path.join(temporary(), "mark");
  expect(supervise(folder, "/bin/touch", mark)).toBe(125);
  expect(existsSync(mark)).toBe(false);
});

test("the records hold no part of the command's environment", () => {
  const folder = newFolder();
  supervise(folder, "/bin/true");
  expect(readdirSync(folder).toSorted()).toEqual(["command.json", "exit", "started", "supervisor"]);
  expect(readFileSync(path.join(folder, "command.json"), "utf8")).toMatch(
    /^\{"argv":"00","boot":"[0-9a-f-]+"\}\n$/,
  );
});
