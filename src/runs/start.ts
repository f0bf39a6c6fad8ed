/** The beginning of a run: it is recorded, and nothing is done yet. */
import type { LoadedRunbook } from "../loader/load.ts";
import type { Actor, Draft } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { thisProcess } from "../process/identity.ts";
import { targetKey } from "../store/projection.ts";
import type { Store } from "../store/store.ts";
import { refuseHeldTarget } from "./held-target.ts";
import type { Preflight } from "./preflight.ts";
import { learnInput } from "./secrets.ts";
import type { Workspace } from "./workspace.ts";
import { failureIn } from "../engine/fold.ts";
import { open } from "../engine/replay.ts";
import { RunbookError } from "../model/error.ts";
import type { Runbook } from "../runbook/types.ts";

/** What a new run is started with: its runbook and input, and what was found out about where it will act. */
export interface NewRun extends Preflight {
  readonly loaded: LoadedRunbook;
  readonly input: JsonObject;
  readonly actor: Actor;
}

/** Records the start of a run and returns its id; throws `TARGET_HELD` when another unfinished run acts on the same target. */
export async function startRun(workspace: Workspace, started: NewRun): Promise<string> {
  const { store, host, now } = workspace;
  const { loaded, input, target } = started;
  learnInput(loaded.runbook, input, workspace);
  await workspace.keep(loaded);
  const draft = startOf(host.ids.run(), started);
  refuseBrokenStart(loaded.runbook, { ...draft, rseq: 1, at: now().toISOString() });
  const record = (): void => {
    store.anchor.ready();
    store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  };
  if (target === null) record();
  else {
    const key = targetKey(target);
    withLease(store, `target:${key}`, () => {
      refuseHeldTarget(store, key);
      record();
    });
  }
  return draft.run;
}

function withLease(store: Store, name: string, work: () => void): void {
  const lease = store.leases.acquire(name, thisProcess());
  try {
    work();
  } finally {
    store.leases.release(lease);
  }
}

function startOf(
  run: string,
  { loaded, input, target, identity, tools, actor }: NewRun,
): Extract<Draft, { readonly type: "run.started" }> {
  const { runbook, source } = loaded;
  return {
    run,
    type: "run.started",
    actor,
    data: {
      runbook: { id: runbook.id, title: runbook.title, source },
      input,
      target,
      identity,
      tools,
      parent: null,
      steps: runbook.steps,
      criteria: runbook.criteria.map(({ id, title, step }) => ({ id, title, step })),
    },
  };
}

/** A first state that throws is told, with where in the file it does, before anything is recorded. */
function refuseBrokenStart(runbook: Runbook, first: Parameters<typeof open>[1]): void {
  try {
    open(runbook, first);
  } catch (cause) {
    const { message } = failureIn(runbook, cause);
    if (cause instanceof RunbookError) {
      const { code, data, hint } = cause;
      throw new RunbookError(code, message, { cause, data, hint });
    }
    const why = `Runbook \`${runbook.id}\` cannot start: ${message}.`;
    throw new RunbookError("RUNBOOK_BROKEN", why, { cause });
  }
}
