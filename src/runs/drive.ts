import { drive, type DriveEnd, type DriveOptions } from "../engine/drive.ts";
import type { Policy } from "../engine/policy.ts";
import { engineActor } from "../model/event.ts";
import { thisProcess } from "../process/identity.ts";
import type { Fence } from "../store/leases.ts";
import type { Store } from "../store/store.ts";
import { summaryOf } from "./find-run.ts";
import { learnSecrets } from "./secrets.ts";
import type { Environment } from "../system/account.ts";
import type { Workspace } from "./workspace.ts";

/** How often a lease is renewed, in milliseconds. */
const heartbeat = 5_000;

/** Drives a run under its lease; throws `RUN_HELD` when another process does, and `SECRET_MISSING` before anything is started. */
export async function driveRun(workspace: Workspace, run: string, options: DriveOptions): Promise<DriveEnd> {
  const { store, redactor } = workspace;
  const env = environmentOf(workspace, run);
  const fence = store.leases.acquire(run, thisProcess());
  try {
    return await workspace.withHost({ fence, env }, async (host) => {
      // What a step prints must be redacted from its first byte.
      learnSecrets(await host.load(run), { env, redactor });
      noteLease(store, run, fence, options.policy);
      const renew = (): void => store.leases.renew(fence);
      return renewing({ renew, every: heartbeat, stop: options.stop }, (stop) =>
        drive(host, run, { ...options, stop }),
      );
    });
  } finally {
    store.leases.release(fence);
  }
}

/** Everything that the run calls is in its target's region, whatever the environment says. */
function environmentOf({ env, store }: Workspace, run: string): Environment {
  const { target } = summaryOf(store, run).start;
  return target === null ? env : { ...env, AWS_REGION: target.region };
}

function noteLease(store: Store, run: string, fence: Fence, policy: Policy | undefined): void {
  const { host, pid, user } = thisProcess();
  const approves = policy === undefined ? {} : { approves: policy.approves };
  const data = { epoch: fence.epoch, host, pid, user, ...approves };
  const drafts = [{ run, type: "lease.acquired", actor: engineActor, data }] as const;
  store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, fence);
}

/**
 * Renews a right while `work` uses it. When that fails, the work is told to stop, and the failure is what is thrown: what
 * cannot be renewed may soon be somebody else's.
 */
export async function renewing<T>(
  { renew, every, stop }: { readonly renew: () => void; readonly every: number; readonly stop: AbortSignal },
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  const beat = setInterval(() => {
    try {
      renew();
    } catch (error) {
      clearInterval(beat);
      failed.abort(error);
    }
  }, every);
  try {
    return await work(AbortSignal.any([stop, failed.signal]));
  } finally {
    clearInterval(beat);
    // Whatever the work came to, on purpose: it went on, or ended, without its right.
    failed.signal.throwIfAborted();
  }
}
