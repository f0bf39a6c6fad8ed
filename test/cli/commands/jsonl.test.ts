import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { resume } from "../../../src/cli/commands/resume.ts";
import { run } from "../../../src/cli/commands/run.ts";
import { unattended } from "../../../src/cli/drive/drive-flags.ts";
import { timeline } from "../../../src/cli/commands/timeline.ts";
import { writeSmallRunbooks } from "../../e2e/support/small-runbooks.ts";
import { catchIo } from "../../support/read-io.ts";

const all = { step: null, types: [], since: null, failed: false, local: false, jsonl: true } as const;

test("with --jsonl a run prints the events as they are stored, and a resumed one only what is new", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-jsonl-"));
  writeSmallRunbooks(dir);
  const told = async (work: (caught: ReturnType<typeof catchIo>) => Promise<number>): Promise<string> => {
    const caught = catchIo(dir);
    expect(await work({ ...caught, io: { ...caught.io, stderr: catchIo(dir).io.stdout } })).toBe(8);
    return caught.out();
  };
  const how = { ...unattended, jsonl: true };
  const first = await told(({ io, globals }) => run({ ...how, runbook: "ask", input: [] }, globals, io));
  const types = first
    .split("\n")
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toContain("run.started");
  expect(types.at(-1)).toBe("gate.opened");
  const second = await told(({ io, globals }) => resume({ ...how, run: null, migrate: false }, globals, io));
  const id = (JSON.parse(first.split("\n")[0] ?? "") as { run: string }).run;
  const { io, globals, out } = catchIo(dir);
  await timeline({ ...all, run: id }, globals, io);
  expect(out()).toBe(first + second);
  expect(second).toContain("run.resumed");
});
