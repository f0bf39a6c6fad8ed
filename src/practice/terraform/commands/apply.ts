import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { applyChanges, type Applied } from "../plan/applier.ts";
import { awsText } from "../aws/aws-failure.ts";
import { type Diagnostic, error, type Failure, failure, warning } from "../terminal/diagnostic.ts";
import { type Plan, readPlan } from "../plan/plan.ts";
import { locked, openWorkspace, type Session, type Workspace } from "../state/session.ts";
import { emptyState, isSame, serialize, type State } from "../state/state.ts";
import { attributesOf } from "../state/state.ts";
import { resolve as resolveValue } from "../config/values.ts";
import { changeFields, makePlan } from "./plan.ts";

/** `apply`: of a saved plan, or of one made now with `-auto-approve`. */
export async function apply(session: Session): Promise<number> {
  const { args, view } = session;
  const [file] = args.positional;
  if (file === undefined && !args.has("auto-approve")) throw approvalNeeded(view.json);
  const saved = file === undefined ? undefined : readPlan(resolve(session.dir, file));
  const workspace = await openWorkspace(session);
  const applied = await locked(session, workspace.backend, "OperationTypeApply", () =>
    carryOut(session, workspace, saved),
  );
  applied.diagnostics.forEach((diagnostic) => view.diagnostic(diagnostic));
  if (applied.diagnostics.some(({ severity }) => severity === "error")) return 1;
  tellEnd(session, applied);
  return 0;
}

function approvalNeeded(isJson: boolean): Failure {
  if (!isJson)
    return failure(
      "Error asking for approval",
      "EOF: the stand-in asks nothing; give it a plan file or -auto-approve.",
    );
  return failure(
    "Plan file or auto-approve required",
    "Terraform asks nothing with -json: apply a saved plan file, or use -auto-approve.",
  );
}

async function carryOut(session: Session, workspace: Workspace, saved: Plan | undefined): Promise<Applied> {
  const { view, interrupts } = session;
  const plan = saved ?? (await makeFresh(session, workspace));
  if (plan.isErrored)
    throw failure("Cannot apply incomplete plan", "The plan was made with errors. Make a new one.");
  const stored = (await workspace.backend.read()) ?? emptyState();
  if (saved !== undefined) refuseStale(saved, stored);
  const changes = plan.changes.filter(({ action }) => action !== "no-op");
  for (const change of changes) {
    view.event("planned_change", `${change.address}: Plan to ${change.action}`, {
      change: changeFields(change),
    });
  }
  const delay = Number(session.env["RUNWRIGHT_STAND_IN_DELAY_MS"] ?? "600");
  const applying = {
    dir: session.dir,
    view,
    interrupts,
    delay,
    config: workspace.config,
    cloud: workspace.cloud,
  };
  const applied = await interrupts.during(() => applyChanges(plan.prior, changes, applying));
  const state = withOutputs(applied.state, workspace);
  const unsaved = await persist(session, workspace, { stored, state });
  const warnings = plan.isTargeted ? [incompleteWarning] : [];
  return { ...applied, state, diagnostics: [...applied.diagnostics, ...unsaved, ...warnings] };
}

async function makeFresh(session: Session, workspace: Workspace): Promise<Plan> {
  const { made, failed } = await makePlan(session, workspace);
  if (failed !== undefined) throw failed;
  return made;
}

/** Lineage and serial, nothing else: like terraform, it does not look at the world. */
function refuseStale({ madeFrom }: Plan, stored: State): void {
  const isFresh =
    stored.serial === madeFrom.serial && (stored.lineage === madeFrom.lineage || stored.serial === 0);
  if (isFresh) return;
  const detail =
    "The state was changed by another operation after this plan was created, so the plan can no longer be applied.";
  throw failure("Saved plan is stale", detail);
}

function withOutputs(state: State, { config }: Workspace): State {
  const outputs = Object.entries(config.outputs).flatMap(([name, template]) => {
    const value = resolveValue(template, (address, attribute) => attributesOf(state, address)?.[attribute]);
    return typeof value === "string" ? [[name, { value, type: "string" }] as const] : [];
  });
  return { ...state, outputs: Object.fromEntries(outputs) };
}

/** Writes the state when it changed; when that fails, keeps it in `errored.tfstate` as terraform does. */
async function persist(
  { dir }: Session,
  { backend }: Workspace,
  { stored, state }: { readonly stored: State; readonly state: State },
): Promise<readonly Diagnostic[]> {
  if (isSame(stored, state)) return [];
  const next = { ...state, serial: stored.serial + 1 };
  try {
    await backend.write(next);
    return [];
  } catch (cause) {
    writeFileSync(join(dir, "errored.tfstate"), serialize(next), { mode: 0o600 });
    const advice =
      'The state is in "errored.tfstate" in the current directory. Before any other apply, run:\n    terraform state push errored.tfstate\n';
    return [
      error(
        "Failed to save state",
        `Error saving state: failed to upload state: ${awsText("S3: PutObject", cause)}`,
      ),
      error("Failed to persist state to backend", advice),
    ];
  }
}

function tellEnd({ view }: Session, { counts, state }: Applied): void {
  const text = `Apply complete! Resources: ${counts.add} added, ${counts.change} changed, ${counts.remove} destroyed.`;
  view.event("change_summary", view.json ? text : `\n${text}`, {
    changes: { ...counts, import: 0, operation: "apply" },
  });
  const outputs = Object.fromEntries(
    Object.entries(state.outputs).map(([name, { value, type }]) => [name, { sensitive: false, type, value }]),
  );
  view.event("outputs", `Outputs: ${Object.keys(outputs).length}`, { outputs });
}

const incompleteWarning = warning(
  "Applied changes may be incomplete",
  "The plan was made with the -target option, so other changes may be pending. See with:\n    terraform plan",
);
