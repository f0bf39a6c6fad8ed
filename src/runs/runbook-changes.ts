/** A runbook file that is no longer what a run started with. */
import { pinOf } from "../engine/recompute.ts";
import { replay } from "../engine/replay.ts";
import { stateChanges, type StateChange } from "../graph/compare.ts";
import { graphOf } from "../graph/graph.ts";
import { loadRunbook, type LoadedRunbook } from "../loader/load.ts";
import { RunbookError } from "../model/error.ts";
import type { Actor } from "../model/event.ts";
import { append } from "./decisions.ts";
import type { Workspace } from "./workspace.ts";

/** A runbook file that is another one than what a run keeps. */
export interface ChangedRunbook {
  readonly loaded: LoadedRunbook;
  /** What is different in its states and transitions; empty when the difference is inside of them. */
  readonly changes: readonly StateChange[];
  /** Why the run cannot go on with it; null when it can. */
  readonly why: Error | null;
}

/** What has changed in the file since a run was pinned; null when nothing has. */
export async function changedRunbook(
  workspace: Workspace,
  run: string,
  loaded: LoadedRunbook,
): Promise<ChangedRunbook | null> {
  const from = pinOf(workspace.store.log.events(run));
  if (loaded.source === from.source) return null;
  const changes = stateChanges(graphOf(await workspace.pinned(from)), graphOf(loaded.runbook));
  return { loaded, changes, why: whyNotOn(loaded, workspace, run) };
}

/** The runbook's file as it is now; one that was run by its path has to be named again. */
export async function fileNow(
  { store, cwd, env }: Workspace,
  run: string,
  named: string | undefined,
): Promise<LoadedRunbook> {
  try {
    return await loadRunbook(named ?? pinOf(store.log.events(run)).id, { cwd, env });
  } catch (error) {
    if (!(error instanceof RunbookError) || error.code !== "RUNBOOK_UNKNOWN") throw error;
    const hint = `Name its file: runwright resume ${run} --migrate --runbook FILE`;
    throw new RunbookError(error.code, error.message, { cause: error, hint });
  }
}

/** Pins a run and its child runs to the file as it is now; throws `RUNBOOK_CHANGED` when the events so far do not lead to the same place on it. */
export async function migrateRun(
  workspace: Workspace,
  run: string,
  { loaded, actor }: { readonly loaded: LoadedRunbook; readonly actor: Actor },
): Promise<void> {
  const { store } = workspace;
  const from = pinOf(store.log.events(run));
  if (loaded.source === from.source) return;
  const cause = whyNotOn(loaded, workspace, run);
  if (cause !== null) {
    throw new RunbookError(
      "RUNBOOK_CHANGED",
      `Run ${run} cannot continue with the file as it is now (${loaded.source.slice(0, 12)}, started with ${from.source.slice(0, 12)}): ${cause.message}`,
      { cause },
    );
  }
  await workspace.keep(loaded);
  for (const member of store.runTree(run)) {
    const own = pinOf(store.log.events(member.run));
    const data = { from: own, to: { ...own, source: loaded.source } };
    append(workspace, { run: member.run, type: "run.migrated", actor, data });
  }
}

/** Why the recorded events of a run and its child runs do not lead to the same place on another version; null when they do. */
function whyNotOn({ runbook }: LoadedRunbook, { store }: Workspace, run: string): Error | null {
  for (const row of store.runTree(run)) {
    const own = store.log.events(row.run);
    const member = runbook.family.get(pinOf(own).id);
    try {
      if (member === undefined) throw new Error(`it has no runbook \`${row.runbook}\``);
      replay(member, own);
    } catch (cause) {
      return cause instanceof Error ? cause : new Error(String(cause));
    }
  }
  return null;
}
