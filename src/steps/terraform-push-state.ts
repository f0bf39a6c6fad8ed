import { rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { RunbookError } from "../model/error.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { writeDurably } from "../system/files.ts";
import { openTerraform, type Terraform } from "./terraform/cli.ts";
import { diagnosticsOf, terraformFailure } from "./terraform/failure.ts";
import { compareStates, erroredStateIn, readStateFile } from "./terraform/errored-state.ts";
import { holderIfReadable } from "./terraform/lock.ts";
import { holder } from "./terraform/lock-record.ts";
import { workspaceShape } from "./terraform/workspace.ts";
import { freshName, pullState } from "./terraform/state.ts";
import { terraformLine } from "./terraform/by-hand.ts";

const Input = z.strictObject({
  ...workspaceShape,
  /** Of the `errored.tfstate` that a person approved. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256"),
  /** The state of the backend that it was approved to take the place of. */
  over: z.strictObject({ serial: z.int(), lineage: z.string() }),
});

const Output = z.strictObject({
  /** Of the backend's state afterwards. */
  serial: z.int(),
  lineage: z.string(),
  objects: z.int(),
});

type PushInput = z.output<typeof Input>;
type PushOutput = z.output<typeof Output>;

/** Pushes a state that terraform could not save, and removes the file once the backend has all of it. */
export const terraformPushState = defineStep({
  kind: "terraform.push-state",
  effect: "write",
  risk: "high",
  input: Input,
  output: Output,
  timeout: "5m",
  binds: ({ sha256 }) => ({ state: sha256 }),
  describe: ({ dir, sha256, over }) =>
    `push errored.tfstate ${sha256.slice(0, 12)} in ${dir} over serial ${over.serial}`,
  commands: (input) => [terraformLine(input, "state", "push", "errored.tfstate")],
  run: async (input, ctx) => {
    const terraform = await openTerraform(input, ctx);
    const errored = erroredStateIn(terraform.dir);
    const { state } = await takeOver(input, errored, ctx);
    const before = await pullState(terraform, "state-before");
    // An attempt that died after the push finds it saved.
    if (compareStates(state, before).verdict !== "saved") {
      if (!ctx.begun("push")) requireUnmoved(input, before);
      await push(terraform, ctx);
    }
    const after = await pullState(terraform, "state-after");
    if (compareStates(state, after).verdict !== "saved") {
      throw new RunbookError(
        "TERRAFORM_FAILED",
        `terraform reported success, but the backend has not what ${errored} holds.`,
      );
    }
    ctx.evidence("states.json", { before: versionOf(before), after: versionOf(after), pushed: input.sha256 });
    // Another failed apply may have left another one.
    if ((await readStateFile(errored))?.sha256 === input.sha256) await rm(errored);
    return outputOf(after);
  },
  probe: async (input, ctx) => {
    const lock = await holderIfReadable(input, ctx);
    if (lock !== undefined)
      return { verdict: "unknown", why: `The state is locked by ${holder(lock)}: a push may be running.` };
    const taken = await readStateFile(sealedIn(ctx));
    if (taken === undefined) return { verdict: "not done", why: "No state was taken over." };
    const terraform = await openTerraform(input, ctx);
    const stored = await pullState(terraform, freshName("probe-state", ctx));
    const isSaved = compareStates(taken.state, stored).verdict === "saved";
    const left = await readStateFile(erroredStateIn(terraform.dir));
    if (isSaved && left?.sha256 !== input.sha256)
      return { verdict: "done", output: outputOf(stored), why: "The backend has all of the state." };
    if (isSaved)
      return { verdict: "not done", why: "The backend has the state, but the file is still there." };
    const { serial, lineage } = input.over;
    if (stored.serial === serial && stored.lineage === lineage)
      return { verdict: "not done", why: `The backend is still at serial ${serial}.` };
    return {
      verdict: "unknown",
      why: `The backend is at serial ${stored.serial}, with something else in it.`,
    };
  },
});

type PulledState = Awaited<ReturnType<typeof pullState>>;

/** The copy of the approved file that this step pushes. */
function sealedIn(ctx: Pick<StepContext, "dir">): string {
  return path.join(ctx.dir, "approved.tfstate");
}

/** Copies the approved file to where nobody else writes; after a crash the copy stands for it. */
async function takeOver({ sha256 }: PushInput, errored: string, ctx: StepContext) {
  const sealed = sealedIn(ctx);
  const taken = await readStateFile(sealed);
  if (taken?.sha256 === sha256) return taken;
  const found = await readStateFile(errored);
  if (found?.sha256 !== sha256) {
    const what = found === undefined ? "is gone" : "is another file than the approved one";
    throw new RunbookError("APPROVAL_VOID", `${errored} ${what}; nothing was pushed.`, {
      data: { approved: sha256, found: found?.sha256 ?? null },
    });
  }
  await writeDurably(sealed, found.bytes);
  return found;
}

function requireUnmoved({ over }: PushInput, { serial, lineage }: PulledState): void {
  if (over.serial === serial && over.lineage === lineage) return;
  throw new RunbookError(
    "APPROVAL_VOID",
    `The backend was at serial ${over.serial} of lineage \`${over.lineage}\` and is at serial ${serial} of \`${lineage}\`; nothing was pushed.`,
    { data: { over, serial, lineage } },
  );
}

async function push(terraform: Terraform, ctx: StepContext): Promise<void> {
  const args = ["state", "push", "-no-color", "-lock-timeout=10s", sealedIn(ctx)];
  const exited = await terraform.attempt({ name: "push", args, evidence: "text" });
  if (exited.exitCode === 0) return;
  const { dir } = terraform;
  throw terraformFailure("terraform state push", { dir, exitCode: exited.exitCode }, diagnosticsOf(exited));
}

function outputOf({ serial, lineage, known }: PulledState): PushOutput {
  return { serial, lineage, objects: known.size };
}

function versionOf({ serial, lineage, sha256 }: PulledState) {
  return { serial, lineage, sha256 };
}
