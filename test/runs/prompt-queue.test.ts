import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { decideGate } from "../../src/runs/decisions.ts";
import { summaryOf } from "../../src/runs/find-run.ts";
import { createLiveView } from "../../src/runs/live-view.ts";
import { createPromptQueue } from "../../src/runs/prompt-queue.ts";
import { ana } from "../support/world-free.ts";
import { alone, asks, started } from "./small-run.ts";

const ben = { ...ana, id: "ben" };
const approve = { type: "approve", reason: "" } as const;

test("an answer that comes too late is dropped: somebody else was quicker", async () => {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const live = createLiveView(workspace.store, run);
  let asked = 0;
  const queue = createPromptQueue({
    workspace,
    policy: undefined,
    stop: new AbortController().signal,
    live,
    operator: {
      actor: ana,
      ask: async ({ gate, digest }) => {
        asked += 1;
        decideGate(workspace, { run, gate, digest, decision: approve, actor: ben });
        return approve;
      },
    },
  });
  queue.look(live.now());
  await expect.poll(() => summaryOf(workspace.store, run).approvals).toHaveLength(1);
  await new Promise(setImmediate);
  expect(asked).toBe(1);
  queue.close();
  workspace.close();
});

test("nobody is asked about a gate that was not handed over yet", async () => {
  const { workspace, run } = await started(
    `${asks}, then: gate(() => ({ title: "Really?", summary: "", risk: "low" }))`,
  );
  await attend(workspace, run, alone());
  const live = createLiveView(workspace.store, run);
  const asked: string[] = [];
  const queue = createPromptQueue({
    workspace,
    policy: undefined,
    stop: new AbortController().signal,
    live,
    operator: {
      actor: ana,
      ask: async ({ gate, digest, step }) => {
        asked.push(step);
        if (step !== "ask") return undefined;
        decideGate(workspace, { run, gate, digest, decision: approve, actor: ben });
        await attend(workspace, run, alone("again"));
        return undefined;
      },
    },
  });
  queue.look(live.now());
  await expect.poll(() => summaryOf(workspace.store, run).gates.map(({ step }) => step)).toEqual(["then"]);
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  expect(asked).toEqual(["ask"]);
  queue.look(live.now());
  expect(asked).toEqual(["ask", "then"]);
  queue.close();
  workspace.close();
});
