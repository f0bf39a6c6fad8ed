import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runwright } from "./support/command-line.ts";
import { closeTerminals, hasTmux, sitDown } from "./support/person.ts";
import { writeSmall } from "../support/runbook-files.ts";

afterAll(closeTerminals);

const ask = `go: gate(() => ({ title: "Go on?", summary: "", risk: "low" }))`;

/** A place with one runbook, in which a run has been started without a terminal. */
async function started(states: string) {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-versions-"));
  const place = { dir, env: { HOME: dir, PATH: process.env["PATH"] ?? "" } };
  const write = (text: string): void => writeSmall(dir, text);
  write(states);
  const said = await runwright(place, ["run", "small"]);
  const types = async (): Promise<readonly string[]> => {
    const [run = ""] = /R-\w+/.exec(said.out) ?? [];
    const { out } = await runwright(place, ["timeline", run, "--jsonl"]);
    const lines = out.trim().split("\n");
    return lines.map((line) => (JSON.parse(line) as { readonly type: string }).type);
  };
  return { place, write, said, types };
}

describe.skipIf(!hasTmux)("at a terminal, when the file has changed", () => {
  test("a careless Enter goes on with the copy that the run started with", async () => {
    const { place, write, types } = await started(`${ask}, then: wait(() => "1ms")`);
    write(`${ask}, more: wait(() => "2ms")`);
    const person = sitDown(place, ["resume"]);
    await person.see("What should the run continue with?");
    expect(person.screen()).toMatch(/removed {2}then: wait[^]*❯ The copy that it started with/);
    await person.pressUntil("Enter", "Go on?");
    expect(await types()).not.toContain("run.migrated");
  });

  test("the file can be chosen, and the run goes on there", async () => {
    const { place, write, types } = await started(`${ask}, then: wait(() => "1ms")`);
    write(`${ask}, more: wait(() => "2ms")`);
    const person = sitDown(place, ["resume"]);
    await person.see("What should the run continue with?");
    await person.pressUntil("Down", "❯ The file as it is now");
    await person.pressUntil("Enter", "Go on?");
    expect(await types()).toContain("run.migrated");
    await person.pressUntil("Down", "❯ Approve");
    await person.pressUntil("Enter", "EXIT 0");
    expect(person.screen()).toContain("more");
  });

  test("a file on which the events lead elsewhere cannot be chosen, and says why", async () => {
    const { place, write, types } = await started(ask);
    write(ask.replace("go:", "other:"));
    const person = sitDown(place, ["resume"], 160);
    await person.see(/The file as it is now \(not possible: .*`go`/);
    // The arrow passes it by.
    await person.pressUntil("Down", "❯ Nothing: leave it as it is");
    await person.pressUntil("Enter", "EXIT 8");
    expect(person.screen()).toMatch(/Nothing was done\. resume with: runwright resume R-/);
    expect((await types()).filter((type) => type === "run.resumed")).toEqual([]);
  });

  test("Ctrl-C at the question changes nothing", async () => {
    const { place, write, types } = await started(ask);
    write(`${ask}, more: wait(() => "2ms")`);
    const person = sitDown(place, ["resume"]);
    await person.see("What should the run continue with?");
    await person.pressUntil("C-c", "EXIT 130");
    expect((await types()).filter((type) => type === "run.resumed")).toEqual([]);
  });

  test("a run whose guard threw names the line, and goes on with the mended file", async () => {
    const guard = `pause: wait(() => "1ms"), fork: branch([{ when: () => { throw new Error("oops"); }, to: "failed" }])`;
    const { place, write, said, types } = await started(guard);
    expect(said.code).toBe(1);
    expect(said.out).toMatch(/what: Error: oops \(small\.ts:4:\d+\)/);
    expect(said.out).toMatch(/next: Fix the runbook's file at this place, .*--migrate/);
    write(guard.replace(`throw new Error("oops");`, "return false;"));
    const person = sitDown(place, ["resume"]);
    await person.see("❯ The copy that it started with, which is at fault");
    await person.pressUntil("Down", "❯ The file as it is now");
    await person.pressUntil("Enter", "EXIT 0");
    expect((await types()).at(-1)).toBe("run.succeeded");
  });
});

test("without a terminal nothing is asked: the run goes on with its own copy, and says how to move it", async () => {
  const { place, write } = await started(ask);
  write(`${ask}, more: wait(() => "2ms")`);
  const { code, err } = await runwright(place, ["resume"]);
  expect(code).toBe(8);
  expect(err).toMatch(/added {4}more: wait[^]*runwright resume R-\w+ --migrate/);
});
