import { loadRunbook } from "../loader/load.ts";
import { isOf } from "../model/event.ts";
import { attend } from "./attend.ts";
import { decideWithFiles, requestCancel, revokeApproval, runWithApproval, runWithGate } from "./decisions.ts";
import { runTreeOf, requireUnfinished, rowOf } from "./find-run.ts";
import { checkInput } from "./inputs.ts";
import { requireWorld } from "./practice-world.ts";
import { preflight, requireSameAccount } from "./preflight.ts";
import { positionOf, statusOf } from "./run-status.ts";
import { fileNow, migrateRun } from "./runbook-changes.ts";
import type { DriveRun, RunHandle, Runs, RunsOptions, StartRun } from "./runs.ts";
import { headToSign, signOff } from "./sign-off.ts";
import { startRun } from "./start.ts";
import { verifyStored } from "./verify.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

/** Opens the runs of a database; throws what a database that cannot be trusted or opened throws, such as `STATE_ROLLED_BACK`. */
export function openRuns(options: RunsOptions): Runs {
  const workspace = openWorkspace({ now: () => new Date(), warn: () => {}, ...options });
  const { store } = workspace;
  /** Runs that were started here and not driven yet. */
  const fresh = new Set<string>();
  const handle = (id: string): RunHandle => handleOf(workspace, id, fresh);
  return {
    start: async (start) => {
      const id = await recordStart(workspace, start);
      fresh.add(id);
      return handle(id);
    },
    find: (run) => handle(rowOf(store, run).root),
    unfinished: () => store.list({ open: true, roots: true, limit: -1 }).map(({ run }) => handle(run)),
    verify: () => verifyStored(store, []),
    close: workspace.close,
  };
}

async function recordStart(workspace: Workspace, { runbook, input, by }: StartRun): Promise<string> {
  const loaded = await loadRunbook(runbook, workspace);
  const checked = checkInput(loaded.runbook, input);
  const found = await preflight(loaded, checked, workspace);
  return startRun(workspace, { loaded, input: checked, actor: by, ...found });
}

function handleOf(workspace: Workspace, id: string, fresh: Set<string>): RunHandle {
  const { store } = workspace;
  const events = () => runTreeOf(store, id).flatMap((member) => member.events);
  return {
    id,
    status: () => statusOf(store, id),
    events: () => events().toSorted((one, other) => one.seq - other.seq),
    drive: async (how) => {
      const resumed = fresh.delete(id) ? null : await resumable(workspace, id);
      return attend(workspace, id, attendedBy(how, resumed));
    },
    answer: ({ gate, digest, decision, by, files = [] }) => {
      const run = runWithGate(workspace, id, gate);
      return decideWithFiles(workspace, { run, gate, digest, decision, actor: by }, files);
    },
    revoke: ({ gate, reason, by }) => {
      const run = runWithApproval(workspace, id, gate);
      return revokeApproval(workspace, { run, gate, reason, actor: by });
    },
    cancel: ({ reason, by }) => requestCancel(workspace, id, { reason, actor: by }),
    migrate: async ({ by, runbook }) => {
      const loaded = await fileNow(workspace, id, runbook);
      await migrateRun(workspace, id, { loaded, actor: by });
    },
    verify: () =>
      verifyStored(
        store,
        store.runTree(id).map(({ run }) => run),
      ),
    signOff: async ({ sha, reason, by }) => {
      await headToSign(workspace, id);
      return signOff(workspace, id, { sha, reason, actor: by });
    },
  };
}

/** Where the run is taken up again, once it is sure that this process acts where the run does. */
async function resumable(workspace: Workspace, id: string): Promise<string> {
  const summary = requireUnfinished(workspace.store, id);
  const { target } = summary.start;
  // A run that is being cancelled starts nothing any more.
  const ends = workspace.store.log.events(id).some((event) => isOf(event, "cancel.requested"));
  if (target !== null && !ends) {
    await requireWorld(summary);
    await requireSameAccount(target, workspace);
  }
  return positionOf(summary);
}

function attendedBy(how: DriveRun, resumed: string | null): Parameters<typeof attend>[2] {
  const { by, ask, wait = false, approves = [], stop, onEvents = () => {} } = how;
  return {
    operator: ask === undefined ? null : { actor: by, ask },
    actor: by,
    policy: approves.length === 0 ? undefined : { approves, actor: { ...by, kind: "policy" } },
    resumed,
    stop: stop ?? new AbortController().signal,
    wait,
    onEvents,
  };
}
