import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { drive, type DriveEnd } from "../../src/engine/drive.ts";
import { createLocalHost } from "../../src/host/local.ts";
import type { Actor } from "../../src/model/event.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { createRedactor } from "../../src/redact/redactor.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { openStore, type Store } from "../../src/store/store.ts";

export interface Bench {
  readonly store: Store;
  readonly start: (input: JsonObject) => string;
  readonly drive: (run: string) => Promise<DriveEnd>;
  readonly close: () => void;
}

const operator: Actor = { kind: "practice", id: "bench", identified: "engine" };

/** The engine as the command line puts it together, on a database in `dir`. */
export function openBench(runbook: Runbook, dir: string): Bench {
  const now = (): Date => new Date();
  const file = path.join(dir, "state.db");
  const store = openStore({ file, anchors: path.join(dir, "anchors"), now, isAlive: () => true });
  const host = createLocalHost({
    store,
    clock: {
      now,
      sleepUntil: (due, signal) => sleep(Math.max(0, due.getTime() - Date.now()), undefined, { signal }),
    },
    redactor: createRedactor(),
    env: process.env,
    fence: () => null,
    runbookOf: async () => runbook,
    onProgress: () => {},
  });
  return {
    store,
    start: (input) => {
      const run = host.mint.run();
      const data = {
        runbook: { id: runbook.id, title: runbook.title, source: "0".repeat(64) },
        input,
        target: null,
        identity: null,
        tools: {},
        parent: null,
        steps: runbook.steps,
        criteria: [],
      };
      const drafts = [{ run, type: "run.started", actor: operator, data }] as const;
      store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
      return run;
    },
    drive: (run) =>
      drive(host, run, {
        operator,
        wait: false,
        patience: 60_000,
        resumed: null,
        stop: new AbortController().signal,
        onEvents: () => {},
      }),
    close: store.close,
  };
}
