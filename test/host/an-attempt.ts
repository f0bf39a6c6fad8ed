import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { AttemptRequest } from "../../src/engine/host.ts";
import type { AnyStep, StepContext } from "../../src/model/step.ts";

/** An attempt of a step that does this. */
export function attemptOf(run: (ctx: StepContext) => unknown, more: Partial<AnyStep> = {}): AttemptRequest {
  const step: AnyStep = {
    kind: "test.step",
    effect: "read",
    risk: "none",
    timeout: "10s",
    input: z.strictObject({}),
    output: z.strictObject({ text: z.string() }),
    describe: () => "do it",
    run: async (_input, ctx) => run(ctx),
    ...more,
  };
  const startedAt = "2025-10-07T13:51:04.000Z";
  return { run: "R-AAAA", id: "act", step, input: {}, attempt: 1, key: randomUUID(), startedAt };
}
