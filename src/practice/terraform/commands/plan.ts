import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { resourceOf } from "../config/config.ts";
import { Failure, warning } from "../terminal/diagnostic.ts";
import { planText } from "../plan/plan-text.ts";
import { type Change, countsOf, hasChanges, type Plan } from "../plan/plan.ts";
import { planChanges, planOutputs, selection } from "../plan/planner.ts";
import { refresh } from "../plan/refresh.ts";
import { locked, openWorkspace, type Session, type Workspace } from "../state/session.ts";
import { emptyState } from "../state/state.ts";

/** `plan`: exit code 2 with `-detailed-exitcode` when there is something to do. */
export async function plan(session: Session): Promise<number> {
  const { args, view } = session;
  const workspace = await openWorkspace(session);
  const { made, failed } = await locked(session, workspace.backend, "OperationTypePlan", async () => {
    const result = await makePlan(session, workspace);
    const out = args.value("out");
    if (out !== undefined) save(resolve(session.dir, out), result.made);
    return result;
  });
  showPlan(session, made);
  if (made.isTargeted) view.diagnostic(targetingWarning);
  if (failed !== undefined) throw failed;
  return args.has("detailed-exitcode") && hasChanges(made) ? 2 : 0;
}

/** A plan file holds values in clear text, so only its owner may read it. */
function save(file: string, made: Plan): void {
  writeFileSync(file, `${JSON.stringify(made)}\n`, { mode: 0o600 });
}

interface Planned {
  readonly made: Plan;
  /** Set when a read failed: the plan is then written all the same, but cannot be applied. */
  readonly failed: Failure | undefined;
}

/** Refreshes the state and compares it with the configuration. */
export async function makePlan(session: Session, { config, cloud, backend }: Workspace): Promise<Planned> {
  const { args, view, interrupts } = session;
  const stored = (await backend.read()) ?? emptyState();
  const targets = args.values("target");
  const isSelected = selection(config, targets);
  const isRefreshOnly = args.has("refresh-only");
  const empty = { state: stored, drift: [] };
  let failed: Failure | undefined;
  const refreshed = await interrupts
    .during(async () => {
      if (args.value("refresh") === "false") return empty;
      return refresh(stored, isSelected, { view, cloud, signal: interrupts.signal });
    })
    .catch((cause: unknown) => {
      if (!(cause instanceof Failure)) throw cause;
      failed = cause;
      return empty;
    });
  const isDone = failed === undefined && !isRefreshOnly;
  const planning = { config, state: refreshed.state, isSelected, replace: args.values("replace") };
  const changes = isDone ? planChanges(planning) : [];
  const made: Plan = {
    format: "runwright stand-in plan 1",
    created: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    mode: isRefreshOnly ? "refresh-only" : "normal",
    isTargeted: targets.length > 0,
    isErrored: failed !== undefined,
    madeFrom: { lineage: stored.lineage, serial: stored.serial },
    prior: refreshed.state,
    drift: [...refreshed.drift],
    changes: [...changes],
    outputs: isDone ? planOutputs(planning, changes) : {},
  };
  return { made, failed };
}

function showPlan({ view, streams }: Session, made: Plan): void {
  for (const change of made.drift) tellChange("resource_drift", change, `Drift detected (${change.action})`);
  for (const change of made.changes) tellPlanned(change);
  const counts = countsOf(made.changes);
  const text = `Plan: ${counts.add} to add, ${counts.change} to change, ${counts.remove} to destroy.`;
  if (view.json) view.event("change_summary", text, { changes: { ...counts, operation: "plan" } });
  else streams.out(planText(made, text));
  const outputs = Object.entries(made.outputs).map(([name, { action }]) => {
    return [name, { sensitive: false, action: action.replace("-", "") }] as const;
  });
  view.event("outputs", `Outputs: ${outputs.length}`, { outputs: Object.fromEntries(outputs) });

  function tellPlanned(change: Change): void {
    if (change.action !== "no-op") tellChange("planned_change", change, `Plan to ${change.action}`);
  }
  function tellChange(type: string, change: Change, message: string): void {
    view.event(type, `${change.address}: ${message}`, { change: changeFields(change) });
  }
}

/** How the stream describes a change. */
export function changeFields({ address, action, reason }: Change) {
  return { resource: resourceOf(address), action, ...(reason === undefined ? {} : { reason }) };
}

const targetingWarning = warning(
  "Resource targeting is in effect",
  "The -target option leaves the rest of the configuration out of this plan. It is meant for exceptional situations, such as recovering from a mistake.",
);
