import { setTimeout as sleep } from "node:timers/promises";
import { pinOf } from "../engine/recompute.ts";
import { createLocalHost, type LocalHost } from "../host/local.ts";
import type { LoadedRunbook } from "../loader/load.ts";
import type { PinnedRunbook } from "../model/event.ts";
import { Secret } from "../model/secret.ts";
import { createRedactor, type Redactor } from "../redact/redactor.ts";
import type { Runbook } from "../runbook/types.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Fence } from "../store/leases.ts";
import { openSourceMaps } from "../store/source-maps.ts";
import { openStore, type Store } from "../store/store.ts";
import { pinnedRunbooks } from "./pinned.ts";
import { storeOptions, type RecordPlace } from "./store-options.ts";
import type { Environment } from "../system/account.ts";

/** A database, and everything that runs of it need: whoever starts, drives or answers runs shares one. */
export interface Workspace extends Pick<RecordPlace, "cwd"> {
  /** The record's clock. */
  readonly now: () => Date;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly redactor: Redactor;
  readonly env: Environment;
  /** Records decisions and loads runs; no engine may drive with it. */
  readonly host: LocalHost;
  /** The runbook in the text that a run keeps. */
  readonly pinned: (pinned: PinnedRunbook) => Promise<Runbook>;
  /** Keeps a runbook's text, so that a run can be pinned to it. */
  readonly keep: (loaded: LoadedRunbook) => Promise<void>;
  /** Calls `work` with a host that writes under this lease, in this environment. */
  readonly withHost: <T>(driving: DriveContext, work: (host: LocalHost) => Promise<T>) => Promise<T>;
  /** Says to those that drive here that events were added by another way than theirs. */
  readonly notice: () => void;
  readonly close: () => void;
}

interface DriveContext {
  readonly fence: Fence;
  readonly env: Environment;
}

export interface WorkspaceOptions extends RecordPlace {
  /** Knows the secrets that were looked up. */
  readonly redactor?: Redactor;
  /** A line of what a step is doing just now. */
  readonly onProgress?: (run: string, step: string, line: string) => void;
}

/** Opens a workspace; creates the database where there is none. */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { env, cwd, now, redactor = createRedactor(), onProgress = () => {} } = options;
  const store = openStore(storeOptions(options));
  addCredentials(redactor, env);
  const clock = {
    now,
    sleepUntil: (due: Date, signal: AbortSignal) =>
      sleep(Math.max(0, due.getTime() - now().getTime()), undefined, { signal }),
  };
  const hostWith = (own: Environment, fence: Fence | null): LocalHost =>
    createLocalHost({
      store,
      clock,
      redactor,
      env: own,
      fence: () => fence,
      onProgress,
      runbookOf: (_run, events) => pinned(pinOf(events)),
    });
  const host = hostWith(env, null);
  const maps = openSourceMaps(store);
  const pinned = pinnedRunbooks(host.blobs, { maps });
  const driving = new Set<LocalHost>();
  return {
    store,
    blobs: host.blobs,
    redactor,
    env,
    cwd,
    now: store.now,
    host,
    pinned,
    keep: async ({ text, map, source }) => {
      await host.blobs.put(Buffer.from(text));
      maps.keep(source, map);
    },
    withHost: async ({ fence, env: own }, work) => {
      const one = hostWith(own, fence);
      driving.add(one);
      try {
        return await work(one);
      } finally {
        driving.delete(one);
      }
    },
    notice: () => {
      for (const one of driving) one.notice();
    },
    close: store.close,
  };
}

function addCredentials(redactor: Redactor, env: Environment): void {
  for (const name of ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) {
    const value = env[name];
    // Real ones are longer; a made-up word such as `testing` would be blotted out wherever it is used.
    if (value !== undefined && value.length >= 20) redactor.add(new Secret(name, value));
  }
}
