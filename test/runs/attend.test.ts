import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { alone, asks, started } from "./small-run.ts";

test("what happens is handed over with what the run has come to after it", async () => {
  const { workspace, run } = await started(asks);
  const heard: (readonly [string, number | undefined])[] = [];
  const end = await attend(workspace, run, {
    ...alone(),
    onEvents: (events, summaries) =>
      void heard.push([events.map(({ type }) => type).join(), summaries.get(run)?.gates.length]),
  });
  expect(end).toEqual({ type: "paused" });
  expect(heard).toEqual([
    ["run.started", 0],
    ["gate.opened", 1],
  ]);
  workspace.close();
});

test("an operator who cannot be asked stops the run safely, and the reason is thrown", async () => {
  const { workspace, run } = await started(asks);
  const ask = (): Promise<never> => Promise.reject(new Error("no keyboard"));
  const { actor } = alone();
  const end = attend(workspace, run, { ...alone(), operator: { actor, ask } });
  await expect(end).rejects.toThrowError("no keyboard");
  expect(workspace.store.log.events(run).at(-1)).toMatchObject({ type: "run.interrupted" });
  expect(workspace.store.leases.find(run)?.expiresAt.getTime()).toBe(0);
  workspace.close();
});
