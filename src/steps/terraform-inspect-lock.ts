import { z } from "zod";
import { defineStep, type StepContext } from "../model/step.ts";
import { lookAtLock, type LockLook } from "./terraform/lock.ts";
import { LockRecord } from "./terraform/lock-record.ts";
import { workspaceShape } from "./terraform/workspace.ts";
import { terraformProcesses } from "./terraform/processes.ts";
import { ageOf, conclude, Conclusion, hasChanged, Sign, signsOfLife } from "./terraform/signs.ts";
import { commandLine } from "./parts/shell.ts";

const Input = z.strictObject({
  ...workspaceShape,
  /** Look a second time after so long and say whether anything changed. */
  settleSeconds: z.int().min(0).max(40).default(0),
});

const Output = z.strictObject({
  locked: z.boolean(),
  // These are null when nobody holds the lock or when its record does not say.
  ...LockRecord.shape,
  ageSeconds: z.int().nullable(),
  signsOfLife: z.array(Sign),
  /** Null when nobody holds it. `dead` needs a proof; without one a person decides. */
  verdict: Conclusion.nullable(),
  /** Whether lock or state changed between two looks; null after only one. */
  changed: z.boolean().nullable(),
});

const nobody = { id: null, who: null, operation: null, version: null, created: null, path: null };

/** Finds out who holds the state's lock and whether the holder lives, without touching it. */
export const terraformInspectLock = defineStep({
  kind: "terraform.inspect-lock",
  effect: "read",
  risk: "none",
  input: Input,
  output: Output,
  timeout: "1m",
  describe: ({ dir }) => `see who holds the state lock of ${dir}`,
  commands: ({ dir }) => [
    `${commandLine("jq", ".backend.config", `${dir}/.terraform/terraform.tfstate`)}   # BUCKET and KEY are in it`,
    'aws s3 cp "s3://$BUCKET/$KEY.tflock" -',
  ],
  run: async (input, ctx) => {
    const first = await lookAtLock(input, ctx);
    const last = first.lock === null ? first : await lookAgain(first, input, ctx);
    const output = await judge(first, last);
    ctx.evidence("lock.json", { ...output, stateModified: last.stateModified?.toISOString() ?? null });
    ctx.progress(
      output.locked ? `Held by ${output.who ?? "an unknown holder"}: ${output.verdict}.` : "Not locked.",
    );
    return output;
  },
});

async function lookAgain(
  first: LockLook,
  input: z.output<typeof Input>,
  ctx: StepContext,
): Promise<LockLook> {
  if (input.settleSeconds === 0) return first;
  ctx.progress(`Looking again in ${input.settleSeconds} s.`);
  await ctx.clock.sleepUntil(new Date(first.at.getTime() + input.settleSeconds * 1_000), ctx.signal);
  return lookAtLock(input, ctx);
}

async function judge(first: LockLook, last: LockLook): Promise<z.output<typeof Output>> {
  const changed = first === last ? null : hasChanged(first, last);
  if (last.lock === null) {
    return { locked: false, ...nobody, ageSeconds: null, signsOfLife: [], verdict: null, changed };
  }
  const signs = signsOfLife(first, last, await terraformProcesses());
  return {
    locked: true,
    ...last.lock,
    ageSeconds: ageOf(last.lock.created, last.at),
    signsOfLife: [...signs],
    verdict: conclude(signs),
    changed,
  };
}
