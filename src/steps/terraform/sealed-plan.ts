import { readFile } from "node:fs/promises";
import path from "node:path";
import { RunbookError } from "../../model/error.ts";
import { sha256 } from "../../model/json.ts";
import type { StepContext } from "../../model/step.ts";
import { writeDurably } from "../../system/files.ts";

/** The copy of the approved plan that this step applies; it exists only when the command may have started. */
export function sealedPath(ctx: Pick<StepContext, "dir">): string {
  return path.join(ctx.dir, "approved.tfplan");
}

/** Copies the plan where nobody else writes and makes sure that the copy is what was approved. */
export async function sealPlan(
  { plan, sha256: approved }: { readonly plan: string; readonly sha256: string },
  ctx: StepContext,
): Promise<string> {
  const sealed = sealedPath(ctx);
  if ((await digest(sealed)) === approved) return sealed;
  const bytes = await readFile(plan).catch((cause: unknown) => {
    throw new RunbookError("TERRAFORM_PLAN_CHANGED", `The approved plan ${plan} cannot be read.`, { cause });
  });
  const found = sha256(bytes);
  if (found !== approved) {
    throw new RunbookError("TERRAFORM_PLAN_CHANGED", `The plan ${plan} is not the one that was approved.`, {
      data: { approved, found },
    });
  }
  await writeDurably(sealed, bytes);
  return sealed;
}

/** Whether `sealPlan` ever finished for this step. */
export async function isSealed(ctx: StepContext): Promise<boolean> {
  return (await digest(sealedPath(ctx))) !== undefined;
}

async function digest(file: string): Promise<string | undefined> {
  try {
    return sha256(await readFile(file));
  } catch {
    return undefined;
  }
}
