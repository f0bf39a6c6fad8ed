import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { positionOf, statusOf } from "../../src/runs/run-status.ts";
import { alone, asks, started } from "./small-run.ts";

test("a run that nobody drives is interrupted until it waits for somebody", async () => {
  const { workspace, run } = await started(asks);
  const now = (): ReturnType<typeof statusOf> => statusOf(workspace.store, run);
  expect(now()).toMatchObject({ state: "interrupted", gates: [], engine: null, inside: [] });
  expect(positionOf(now().summary)).toBe("before its first step");
  await attend(workspace, run, alone());
  expect(now()).toMatchObject({ state: "waiting", gates: [{ gate: { gate: "ask" } }] });
  expect(positionOf(now().summary)).toBe("at 1/1 ask");
  workspace.close();
});

test("who drives a run is known while it is driven", async () => {
  const { workspace, run } = await started(asks);
  const engines: (number | undefined)[] = [];
  const onEvents = (): void => void engines.push(statusOf(workspace.store, run).engine?.owner.pid);
  await attend(workspace, run, { ...alone("again"), onEvents });
  expect(new Set(engines)).toEqual(new Set([process.pid]));
  workspace.close();
});
