import { RunbookError } from "../../model/error.ts";
import { type JsonObject, toJson } from "../../model/json.ts";
import type { CommandResult, StepContext } from "../../model/step.ts";
import { type ApplyInput, type ApplyOutput, wantedOf } from "./apply-shapes.ts";
import { type ApplyRow, tableOf } from "./apply-table.ts";
import { requireBinding } from "./binding.ts";
import { openTerraform, type Terraform } from "./cli.ts";
import { type Confirmation, confirmWanted } from "./confirmations.ts";
import { asData, diagnosticsOf, codeFor, terraformFailure } from "./failure.ts";
import { refuseUnsavedState, unsaved, unsavedSince } from "./errored-state.ts";
import { isVisibleInAws } from "./aws-lookup.ts";
import { isCovered } from "./workspace.ts";
import { PlanJson } from "./plan-json.ts";
import { sealPlan } from "./sealed-plan.ts";
import { pullState, type TerraformState } from "./state.ts";

/** Applies the approved plan and judges the outcome from terraform's words, the state and AWS. */
export async function runApply(input: ApplyInput, ctx: StepContext): Promise<ApplyOutput> {
  const terraform = await openTerraform(input, ctx);
  await refuseUnsavedState(terraform.dir, ctx);
  // An apply that has begun is judged by what it did, whatever has changed since.
  if (!ctx.begun("apply")) await requireBinding(input, terraform, ctx);
  const file = await sealPlan(input, ctx);
  // Terraform accepts the same plan again when a first apply died before it saved the state.
  await ctx.claim(`plan:${input.sha256}`);
  const args = ["apply", "-input=false", "-no-color", "-json", "-lock-timeout=10s", file];
  const exited = await terraform.attempt({ name: "apply", args, evidence: "stream" });
  const rows = tableOf(exited, input.tolerate);
  await refuseHopeless(terraform, { ctx, exited, rows });
  const state = await pullState(terraform, "state-after");
  const unknown = await lookUpUnknown(rows, { ctx, file, terraform, input, state });
  const wanted = await confirmWanted(wantedOf(input, rows), {
    rows,
    state,
    asked: { ctx, region: input.region },
  });
  const output = outputOf(input, {
    rows,
    state,
    exitCode: exited.exitCode,
    confirmations: [...wanted, ...unknown],
  });
  ctx.evidence("outcome.json", toJson(output));
  refuseIncomplete(input, output, exited, terraform.dir);
  return output;
}

export function outputOf(
  { tolerate }: ApplyInput,
  facts: {
    readonly rows: readonly ApplyRow[];
    readonly state: TerraformState;
    readonly exitCode: number;
    readonly confirmations: readonly Confirmation[];
  },
): ApplyOutput {
  const { rows, state, exitCode, confirmations } = facts;
  const failed = rows.filter(({ outcome }) => outcome !== "applied").map(({ address }) => address);
  return {
    resources: [...rows],
    serial: state.serial,
    lineage: state.lineage,
    exitCode,
    tolerated: failed.filter((address) => tolerate.some((name) => isCovered(name, address))),
    confirmations: [...confirmations],
  };
}

interface ApplyEnd {
  readonly ctx: StepContext;
  readonly exited: CommandResult;
  readonly rows: readonly ApplyRow[];
}

/** Throws when the state was not saved, or when terraform ended before it touched anything. */
async function refuseHopeless({ dir }: Terraform, { ctx, exited, rows }: ApplyEnd): Promise<void> {
  const since = await unsavedSince(dir);
  const { exitCode } = exited;
  if (exitCode === 0) return;
  const diagnostics = diagnosticsOf(exited);
  const isUnsaved =
    (since !== undefined && since >= ctx.startedAt) || codeFor(diagnostics) === "TERRAFORM_STATE_UNSAVED";
  if (isUnsaved) {
    const data = { ...unsaved(dir, "").data, resources: toJson(rows), diagnostics: asData(diagnostics) };
    throw new RunbookError("TERRAFORM_STATE_UNSAVED", unsaved(dir, "by this apply").message, { data });
  }
  if (rows.every(({ outcome }) => outcome === "untouched") && diagnostics.length > 0) {
    throw terraformFailure("terraform apply", { dir, exitCode }, diagnostics);
  }
}

/** Asks AWS about every change that was begun and not ended. */
async function lookUpUnknown(
  rows: readonly ApplyRow[],
  more: {
    readonly ctx: StepContext;
    readonly file: string;
    readonly terraform: Terraform;
    readonly input: ApplyInput;
    readonly state: TerraformState;
  },
): Promise<readonly Confirmation[]> {
  const unknown = rows.filter(({ outcome }) => outcome === "unknown");
  if (unknown.length === 0) return [];
  const plan = await showPlan(more.terraform, "show", more.file);
  const confirmations: Confirmation[] = [];
  for (const { address, type } of unknown) {
    const change = plan.resource_changes.find((resource) => resource.address === address)?.change;
    if (change === undefined) continue;
    const isKnown = more.state.known.has(address);
    const asked = { ctx: more.ctx, region: more.input.region };
    const isThere = await isVisibleInAws(type, change, asked);
    const seen = isThere ? "AWS shows its effect" : "AWS shows no effect of it, as far as it can be asked";
    const detail = `${seen}; it is ${isKnown ? "" : "not "}in the state.`;
    confirmations.push({ address, by: "aws", verdict: "unknown", detail });
  }
  return confirmations;
}

/** The plan's content; it shows secrets, so it is never evidence. */
export async function showPlan(terraform: Terraform, name: string, file: string): Promise<PlanJson> {
  const args = ["show", "-no-color", "-json", file];
  const { stdout } = await terraform.run({ name, args, evidence: "nothing" });
  return PlanJson.parse(JSON.parse(stdout));
}

/** Throws unless every wanted change is applied and confirmed, and only tolerated ones failed. */
function refuseIncomplete(input: ApplyInput, output: ApplyOutput, exited: CommandResult, dir: string): void {
  const wanted = wantedOf(input, output.resources);
  const isWanted = (address: string) => wanted.some((name) => isCovered(name, address));
  const missing = output.resources
    .filter(({ outcome }) => outcome !== "applied")
    .filter(({ address, outcome, tolerated }) => isWanted(address) || (outcome !== "untouched" && !tolerated))
    .map(({ address, outcome }) => `${address} ${outcome}`);
  const doubted = output.confirmations
    .filter(({ address, verdict }) => verdict !== "confirmed" && isWanted(address))
    .map(({ address, detail }) => `${address}: ${detail}`);
  const behind = isBehind(input, output) ? [`The state is still at serial ${output.serial}.`] : [];
  const isUnexplained =
    output.exitCode !== 0 && output.resources.every(({ outcome }) => outcome === "applied");
  const unexplained = isUnexplained ? [`terraform ended with exit code ${output.exitCode}.`] : [];
  const reasons = [...new Set([...missing, ...doubted, ...behind, ...unexplained])];
  if (reasons.length === 0) return;
  const diagnostics = diagnosticsOf(exited);
  const data: JsonObject = {
    dir,
    ...Object.fromEntries(Object.entries(output).map(([key, value]) => [key, toJson(value)])),
    diagnostics: asData(diagnostics),
    cause: codeFor(diagnostics),
  };
  throw new RunbookError(
    "TERRAFORM_APPLY_INCOMPLETE",
    `The apply in ${dir} is incomplete: ${reasons.join("; ")}`,
    {
      data,
    },
  );
}

/** Whether something was applied without the state having moved on, or in another state. */
function isBehind({ serial, lineage }: ApplyInput, output: ApplyOutput): boolean {
  if (output.resources.every(({ outcome }) => outcome !== "applied")) return false;
  return output.serial <= serial || (lineage !== "" && lineage !== output.lineage);
}
