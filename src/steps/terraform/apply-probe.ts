import type { Probed, StepContext } from "../../model/step.ts";
import { outputOf, showPlan } from "./apply-run.ts";
import { type ApplyInput, type ApplyOutput, wantedOf } from "./apply-shapes.ts";
import { openTerraform } from "./cli.ts";
import { confirmWanted } from "./confirmations.ts";
import { unsavedSince } from "./errored-state.ts";
import { holderIfReadable } from "./lock.ts";
import { holder } from "./lock-record.ts";
import { canLookUp, isVisibleInAws, type ResourceAttributes } from "./aws-lookup.ts";
import { isCovered } from "./workspace.ts";
import { actionOf, isObject, type PlanJson, type ResourceChange } from "./plan-json.ts";
import { isSealed, sealedPath } from "./sealed-plan.ts";
import { freshName, type StateObject, pullState, type TerraformState } from "./state.ts";
import type { ApplyRow } from "./apply-table.ts";

type ApplyVerdict = Probed<ApplyOutput>;

/** Asks state, lock and AWS whether an apply of which no exit is recorded took effect. */
export async function probeApply(input: ApplyInput, ctx: StepContext): Promise<ApplyVerdict> {
  if (!(await isSealed(ctx)))
    return { verdict: "not done", why: "terraform was not started: no plan was taken over." };
  const lock = await holderIfReadable(input, ctx);
  if (lock !== undefined) {
    return unknown(`The state is locked by ${holder(lock)}: an apply may be running or have died.`);
  }
  const terraform = await openTerraform(input, ctx);
  const since = await unsavedSince(terraform.dir);
  if (since !== undefined)
    return unknown(`errored.tfstate holds a state that was not saved at ${since.toISOString()}.`);
  const state = await pullState(terraform, freshName("probe-state", ctx));
  const plan = await showPlan(terraform, freshName("probe-show", ctx), sealedPath(ctx));
  const changes = plan.resource_changes.filter(({ change }) => actionOf(change) !== "no-op");
  const isUnchanged =
    state.serial === input.serial && (state.lineage === input.lineage || input.serial === 0);
  if (isUnchanged) return probeUnchanged(input, { changes, ctx });
  if (state.lineage !== input.lineage && input.lineage !== "")
    return unknown("The directory has another state now.");
  return probeAdvanced(input, { changes, ctx, state });
}

/** The state did not move: terraform did nothing, or died before it saved what it did. */
async function probeUnchanged(
  input: ApplyInput,
  { changes, ctx }: { readonly changes: PlanJson["resource_changes"]; readonly ctx: StepContext },
): Promise<ApplyVerdict> {
  const asked = { ctx, region: input.region };
  for (const { address, type, change } of changes) {
    if (await isVisibleInAws(type, change, asked)) {
      return unknown(`AWS shows the effect of ${address}, but the state does not know of it.`);
    }
  }
  const wanted = wantedOf(input, changes);
  const blind = changes.filter(({ address, type }) => isIn(wanted, address) && !canLookUp(type));
  if (blind.length > 0) {
    const names = blind.map(({ address }) => address).join(", ");
    return unknown(`The state is unchanged, but AWS cannot be asked about ${names}.`);
  }
  return {
    verdict: "not done",
    why: `The state is unchanged (serial ${input.serial}) and AWS shows no effect.`,
  };
}

interface AdvancedState {
  readonly changes: PlanJson["resource_changes"];
  readonly ctx: StepContext;
  readonly state: TerraformState;
}

async function probeAdvanced(
  input: ApplyInput,
  { changes, ctx, state }: AdvancedState,
): Promise<ApplyVerdict> {
  const rows = changes.map((resource): ApplyRow => rowOf(input, resource, state));
  const wanted = wantedOf(input, changes);
  const asked = { ctx, region: input.region };
  const confirmations = await confirmWanted(wanted, { rows, state, asked });
  const open = rows.filter(({ address, outcome }) => isIn(wanted, address) && outcome !== "applied");
  const doubted = confirmations.filter(({ verdict }) => verdict !== "confirmed");
  const moved = `The state moved from serial ${input.serial} to ${state.serial}`;
  if (open.length > 0 || doubted.length > 0) {
    const names = new Set([...open, ...doubted].map(({ address }) => address));
    return unknown(`${moved}, but not everything wanted is there: ${[...names].join(", ")}.`);
  }
  // The exit code is lost; what is not wanted may have failed, so it is not called a clean one.
  const isClean = rows.every(({ outcome }) => outcome === "applied");
  const output = outputOf(input, { rows, state, exitCode: isClean ? 0 : 1, confirmations });
  return { verdict: "done", output, why: `${moved} and everything wanted is there.` };
}

function rowOf(
  { tolerate }: ApplyInput,
  { address, type, change }: ResourceChange,
  state: TerraformState,
): ApplyRow {
  const action = actionOf(change);
  const isDone = isEffective({ address, type, change }, state.known.get(address));
  return {
    address,
    type,
    action,
    outcome: isDone ? "applied" : "unknown",
    tolerated: isIn(tolerate, address),
  };
}

/** Whether the state shows what was planned for the object. */
function isEffective({ change }: ResourceChange, known: StateObject | undefined): boolean {
  const action = actionOf(change);
  if (action === "read" || action === "no-op") return true;
  if (action === "delete" || action === "forget") return known === undefined;
  if (known === undefined || known.tainted) return false;
  if (action === "replace") return isAnother(known.attributes, asObject(change.before));
  return action !== "update" || holds(known.attributes, asObject(change.after));
}

/** An object that was replaced has another ARN, or another id where it has no ARN. */
function isAnother(now: ResourceAttributes, before: ResourceAttributes): boolean {
  const name = typeof now["arn"] === "string" ? "arn" : "id";
  return now[name] !== before[name];
}

/** Whether the plain attributes are as planned; lists and blocks are stored in another shape. */
function holds(now: ResourceAttributes, planned: ResourceAttributes): boolean {
  return Object.entries(planned)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
    .every(([name, value]) => now[name] === value);
}

function asObject(value: unknown): ResourceAttributes {
  return isObject(value) ? value : {};
}

function isIn(names: readonly string[], address: string): boolean {
  return names.some((name) => isCovered(name, address));
}

function unknown(why: string): ApplyVerdict {
  return { verdict: "unknown", why };
}
