import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadRunbook } from "../../src/loader/load.ts";
import { startRun, type NewRun } from "../../src/runs/start.ts";
import type { RecordPlace } from "../../src/runs/store-options.ts";
import { openWorkspace, type Workspace } from "../../src/runs/workspace.ts";
import { writeSmall } from "../support/runbook-files.ts";
import { ana } from "../support/world-free.ts";

/** A gate that anybody may answer. */
export const asks = `ask: gate(() => ({ title: "Go on?", summary: "", risk: "low" }))`;

/** A record in a directory of its own, where the runbook `small` has these states. */
export function placeWith(states: string, env: RecordPlace["env"] = {}): RecordPlace {
  const cwd = mkdtempSync(path.join(tmpdir(), "runwright-runs-"));
  writeSmall(cwd, states);
  const own = { ...process.env, XDG_STATE_HOME: path.join(cwd, "state-home"), ...env };
  return { db: "state.db", cwd, env: own, now: () => new Date(), warn: () => {} };
}

/** What starts `small` where nothing is to be found out. */
export async function smallRun(place: RecordPlace, more: Partial<NewRun> = {}): Promise<NewRun> {
  const loaded = await loadRunbook("small", place);
  return { loaded, input: {}, actor: ana, target: null, identity: null, tools: {}, ...more };
}

export interface Started {
  readonly place: RecordPlace;
  readonly workspace: Workspace;
  readonly run: string;
}

/** A run of `small` that nobody has driven yet. */
export async function started(states: string, more: Partial<NewRun> = {}): Promise<Started> {
  const place = placeWith(states);
  const workspace = openWorkspace(place);
  return { place, workspace, run: await startRun(workspace, await smallRun(place, more)) };
}

/** How a test drives where nobody is asked. */
export function alone(resumed: string | null = null) {
  const stop = new AbortController().signal;
  return { operator: null, actor: ana, policy: undefined, resumed, stop, wait: false, onEvents: () => {} };
}
