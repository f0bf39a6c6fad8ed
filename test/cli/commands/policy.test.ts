import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { attend } from "../../../src/runs/attend.ts";
import { report } from "../../../src/cli/commands/report.ts";
import { resume } from "../../../src/cli/commands/resume.ts";
import { run } from "../../../src/cli/commands/run.ts";
import { unattended } from "../../../src/cli/drive/drive-flags.ts";
import type { Operator } from "../../../src/runs/prompt-queue.ts";
import { risksOf } from "../../../src/cli/program/options.ts";
import { actorAtKeyboard } from "../../../src/runs/actor-at-keyboard.ts";
import { startRun } from "../../../src/runs/start.ts";
import { openWorkspace } from "../../../src/runs/workspace.ts";
import { placeOf } from "../../../src/cli/record/record-place.ts";
import { createTerminalView } from "../../../src/cli/view/terminal-view.ts";
import type { Policy } from "../../../src/engine/policy.ts";
import { loadRunbook } from "../../../src/loader/load.ts";
import { catchIo } from "../../support/read-io.ts";
import { writeSmall } from "../../support/runbook-files.ts";

const low = `first: gate(() => ({ title: "Go on?", summary: "", risk: "low" }))`;
const high = `then: gate(() => ({ title: "Really?", summary: "", risk: "high" }))`;

test("what is approved in advance is in the banner, the timeline and the report", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-policy-"));
  writeSmall(dir, `${low}, ${high}`);
  const { io, globals, out } = catchIo(dir);
  const how = { ...unattended, approves: ["low"] as const };
  expect(await run({ ...how, runbook: "small", input: [] }, globals, io)).toBe(8);
  expect(out()).toMatch(/approves:? +gates of risk low without asking \(--auto-approve\)/);
  expect(out()).toMatch(/1\/2 first approved by policy \S+: "risk low is approved in advance"/);
  expect(out()).toMatch(/Really\?/);
  const told = catchIo(dir);
  const [id = ""] = /R-\w+/.exec(out()) ?? [];
  await report({ run: id, output: "-", form: "md", ascii: false }, told.globals, told.io);
  expect(told.out()).toMatch(/Approved in advance \| gates of risk low, by \S+, who drove the run from/);
  expect(told.out()).toMatch(/\*\*APPROVED\*\*.*\(policy\)/);
  const again = catchIo(dir);
  expect(await resume({ ...unattended, run: null, migrate: false }, again.globals, again.io)).toBe(8);
  expect(again.out()).not.toContain("without asking");
  // First where it goes on, then what it waits for.
  expect(again.out()).toMatch(/runbook: 2 steps.*resumed by \S+: at 2\/2 then.*Really\?/s);
});

test("nobody is asked, and the terminal does not ring, where it is approved in advance", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-policy-"));
  writeSmall(dir, `${low}, ${high}`);
  const { io, globals } = catchIo(dir);
  const workspace = openWorkspace(placeOf(globals, io));
  const actor = actorAtKeyboard(io);
  const none = { target: null, identity: null, tools: {} };
  const loaded = await loadRunbook("small", io);
  const run = await startRun(workspace, { loaded, input: {}, actor, ...none });
  const policy: Policy = { approves: ["low"], actor: { ...actor, kind: "policy" } };
  const terminal = catchIo(dir, { tty: true });
  const view = createTerminalView(
    { ...terminal.io, env: { TERM: "xterm" } },
    { color: "never", run, policy },
  );
  const stop = new AbortController();
  const asked: string[] = [];
  const operator: Operator = {
    actor,
    ask: async ({ gate }) => {
      asked.push(gate);
      stop.abort();
      return undefined;
    },
  };
  const how = { actor, policy, resumed: null, stop: stop.signal, wait: false };
  await attend(workspace, run, { ...how, operator, onEvents: view.events });
  view.close();
  workspace.close();
  expect(asked).toEqual(["then"]);
  expect(terminal.out().split("\u001B]9;")).toHaveLength(2);
});

test("risks are given by name, and never the highest", () => {
  expect(risksOf("low, none")).toEqual(["none", "low"]);
  expect(risksOf("read,low")).toEqual(["none", "low"]);
  expect(() => risksOf("low,high")).toThrow("approved by a person who has seen it");
  expect(() => risksOf("little")).toThrow("There is no risk `little`");
  expect(() => risksOf("")).toThrow("There is no risk ``");
});
