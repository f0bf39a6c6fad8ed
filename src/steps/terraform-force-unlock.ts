import { z } from "zod";
import { RunbookError } from "../model/error.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { openTerraform, type Terraform } from "./terraform/cli.ts";
import { diagnosticsOf, textOf, terraformFailure } from "./terraform/failure.ts";
import { lookAtLock } from "./terraform/lock.ts";
import { holder, LockRecord } from "./terraform/lock-record.ts";
import { lockId, workspaceShape } from "./terraform/workspace.ts";
import { pullState } from "./terraform/state.ts";
import { terraformLine } from "./terraform/by-hand.ts";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { errorCode } from "../model/error-code.ts";
import { writeDurably } from "../system/files.ts";

const Input = z.strictObject({ ...workspaceShape, lockId });

const Output = z.strictObject({
  /** Whether this step removed it. */
  removed: z.boolean(),
  /** Whether it was gone before. */
  alreadyGone: z.boolean(),
  /** The lock that was there; null when it was gone. */
  lock: LockRecord.nullable(),
  /** The state as it was before; null when it was not read. */
  state: z.strictObject({ serial: z.int(), lineage: z.string(), sha256: z.string() }).nullable(),
  /** Who has locked it since, if anybody has. */
  nextHolder: LockRecord.nullable(),
});

type UnlockInput = z.output<typeof Input>;
type UnlockOutput = z.output<typeof Output>;

/** What was seen just before the command; it exists only when the command may have started. */
const before = { name: "before", schema: z.strictObject({ lock: LockRecord, state: Output.shape.state }) };

/** Removes a state lock by its id, never another one that took its place. */
export const terraformForceUnlock = defineStep({
  kind: "terraform.force-unlock",
  effect: "write",
  risk: "high",
  input: Input,
  output: Output,
  timeout: "2m",
  binds: ({ lockId: id }) => ({ lock: id }),
  describe: ({ lockId: id, dir }) => `force-unlock ${id} in ${dir}`,
  // Without -force it asks.
  commands: (input) => [terraformLine(input, "force-unlock", input.lockId)],
  run: async (input, ctx) => {
    const terraform = await openTerraform(input, ctx);
    const seen = (await recall(ctx, before)) ?? (await prepare(input, ctx, terraform));
    if (seen === undefined) {
      ctx.progress("The lock is gone already.");
      return { removed: false, alreadyGone: true, lock: null, state: null, nextHolder: null };
    }
    const removed = await unlock(input, ctx, terraform);
    const after = await lookAtLock(input, ctx);
    if (after.lock?.id === input.lockId) {
      throw new RunbookError(
        "TERRAFORM_FAILED",
        `terraform reported success, but lock ${input.lockId} is still there.`,
      );
    }
    ctx.evidence("after.json", { lock: after.lock, stateTag: after.stateTag });
    return { removed, alreadyGone: !removed, ...seen, nextHolder: after.lock };
  },
  probe: async (input, ctx) => {
    const { lock } = await lookAtLock(input, ctx);
    if (lock?.id === input.lockId)
      return { verdict: "not done", why: `Lock ${input.lockId} is still there.` };
    const seen = await recall(ctx, before);
    const output: UnlockOutput = {
      removed: seen !== undefined,
      alreadyGone: seen === undefined,
      lock: seen?.lock ?? null,
      state: seen?.state ?? null,
      nextHolder: lock,
    };
    const why =
      lock === null ? "Nobody holds the lock any more." : `The lock belongs to ${holder(lock)} now.`;
    return { verdict: "done", output, why };
  },
});

/** Reads the lock right before the command and takes down what the state was; undefined when the lock is gone. */
async function prepare(input: UnlockInput, ctx: StepContext, terraform: Terraform) {
  const { serial, lineage, sha256 } = await pullState(terraform, "state-before");
  const { lock, stateTag } = await lookAtLock(input, ctx);
  if (lock === null) return undefined;
  if (lock.id !== input.lockId) {
    throw new RunbookError(
      "TERRAFORM_LOCK_CHANGED",
      `Lock ${input.lockId} is gone; the state of ${terraform.dir} is locked by ${holder(lock)} now.`,
      { data: { lock, wanted: input.lockId } },
    );
  }
  ctx.evidence("before.json", { lock, state: { serial, lineage, sha256 }, stateTag });
  return remember(ctx, before, async () => ({ lock, state: { serial, lineage, sha256 } }));
}

/** Whether this call removed it; false when somebody else had done so meanwhile. */
async function unlock({ lockId: id }: UnlockInput, ctx: StepContext, terraform: Terraform): Promise<boolean> {
  const args = ["force-unlock", "-force", "-no-color", id];
  const exited = await terraform.attempt({ name: "force-unlock", args, evidence: "text" });
  if (exited.exitCode === 0) return true;
  const diagnostics = diagnosticsOf(exited);
  const said = diagnostics.map(textOf).join(" ");
  if (/NoSuchKey|StatusCode: 404/.test(said)) return false;
  if (/does not match/.test(said)) {
    throw new RunbookError(
      "TERRAFORM_LOCK_CHANGED",
      `Lock ${id} was replaced by another just now; nothing was removed.`,
      {
        data: { wanted: id },
      },
    );
  }
  throw terraformFailure(
    "terraform force-unlock",
    { dir: terraform.dir, exitCode: exited.exitCode },
    diagnostics,
  );
}

/** What was seen before the effect, kept over a crash: afterwards the world looks different. */
async function remember<T extends z.ZodType>(
  ctx: StepContext,
  { name, schema }: { readonly name: string; readonly schema: T },
  look: () => Promise<z.output<T>>,
): Promise<z.output<T>> {
  const kept = await recall(ctx, { name, schema });
  if (kept !== undefined) return kept;
  const seen = await look();
  await writeDurably(path.join(ctx.dir, `${name}.json`), JSON.stringify(seen));
  return seen;
}

/** What `remember` kept under this name, or undefined when it never did. */
async function recall<T extends z.ZodType>(
  ctx: StepContext,
  { name, schema }: { readonly name: string; readonly schema: T },
): Promise<z.output<T> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path.join(ctx.dir, `${name}.json`), "utf8")));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
