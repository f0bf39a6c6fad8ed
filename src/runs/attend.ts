/** Drives a run while somebody attends it: hands over what happens, asks at gates, and stops when told. */
import type { DriveEnd } from "../engine/drive.ts";
import type { Policy } from "../engine/policy.ts";
import type { Actor, RunEvent } from "../model/event.ts";
import { driveRun } from "./drive.ts";
import { createLiveView, type Summaries } from "./live-view.ts";
import { createPromptQueue, type Operator } from "./prompt-queue.ts";
import type { Workspace } from "./workspace.ts";

export interface AttendedDrive {
  /** Nobody, where nobody can be asked. */
  readonly operator: Operator | null;
  /** Who drives. */
  readonly actor: Actor;
  /** What need not be asked. */
  readonly policy: Policy | undefined;
  /** Where the run is taken up again; null for one that was just started, whose start is handed over, too. */
  readonly resumed: string | null;
  readonly stop: AbortSignal;
  /** Whether the driver should wait for decisions that come from elsewhere although nobody is asked here. */
  readonly wait: boolean;
  /** Is given what was added to the run or its child runs, with the summaries after it. */
  readonly onEvents: (events: readonly RunEvent[], summaries: Summaries) => void;
}

/** How far off a timer may be for the driver to sit it out, in milliseconds. */
const patience = 5 * 60_000;

/** Drives a run to its end, or to where only a person who is not here, or time, can go on. */
export async function attend(workspace: Workspace, run: string, attended: AttendedDrive): Promise<DriveEnd> {
  const { operator, actor, policy, resumed, wait, onEvents } = attended;
  const failed = new AbortController();
  const stop = AbortSignal.any([attended.stop, failed.signal]);
  const live = createLiveView(workspace.store, run);
  const queue = createPromptQueue({ workspace, operator, policy, stop, live });
  // A run that goes on is told when the driver has it: until then somebody else may be driving it.
  if (resumed === null) onEvents(workspace.store.log.events(run), live.now());
  const driving = driveRun(workspace, run, {
    operator: actor,
    wait: operator !== null || wait,
    policy,
    patience,
    resumed,
    stop,
    onEvents: (events) => {
      const summaries = live.take(events);
      onEvents(events, summaries);
      queue.look(summaries);
    },
  });
  try {
    return await Promise.race([driving, queue.failed]);
  } catch (error) {
    // Nobody may go on driving behind the back of whoever is told of the failure.
    failed.abort(error);
    await driving.catch(() => {});
    throw error;
  } finally {
    queue.close();
  }
}
