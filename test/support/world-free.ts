import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { drive, type DriveEnd } from "../../src/engine/drive.ts";
import { createLocalHost, type LocalHost } from "../../src/host/local.ts";
import type { Actor, RunEvent } from "../../src/model/event.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { createRedactor } from "../../src/redact/redactor.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { openStore } from "../../src/store/store.ts";
import { carryOver } from "./restoring.ts";

export const ana: Actor = { kind: "human", id: "ana", identified: "os-user" };

const realClock = {
  sleepUntil: (due: Date, signal: AbortSignal) =>
    sleep(Math.max(0, due.getTime() - Date.now()), undefined, { signal }),
};

export interface Bench {
  readonly dir: string;
  readonly host: LocalHost;
  /** `source` is the digest of a text that is kept. */
  readonly start: (input: JsonObject, source?: string) => string;
  readonly drive: (run: string, options?: Partial<Parameters<typeof drive>[2]>) => Promise<DriveEnd>;
  readonly types: (run: string) => readonly string[];
  readonly events: RunEvent[];
}

/** A database in a directory of its own, and a host that runs one runbook on it. */
export function bench(
  runbook: Runbook,
  dir = mkdtempSync(path.join(tmpdir(), "runwright-")),
  now = (): Date => new Date(),
): Bench {
  const store = openStore({
    file: path.join(dir, "state.db"),
    anchors: path.join(dir, "anchors"),
    now,
    isAlive: () => true,
  });
  const host = createLocalHost({
    store,
    clock: { ...realClock, now },
    redactor: createRedactor(),
    env: process.env,
    fence: () => null,
    runbookOf: async (_run, events) => {
      const [first] = events;
      const id = first?.type === "run.started" ? first.data.runbook.id : "";
      const found = runbook.family.get(id);
      if (found === undefined) throw new Error(`no runbook ${id}`);
      return found;
    },
    onProgress: () => {},
  });
  const events: RunEvent[] = [];
  return {
    dir,
    host,
    events,
    start: (input, source = "0".repeat(64)) => {
      const run = host.ids.run();
      const data = {
        runbook: { id: runbook.id, title: runbook.title, source },
        input,
        target: null,
        identity: null,
        tools: {},
        parent: null,
        steps: runbook.steps,
        criteria: runbook.criteria.map(({ id, title, step }) => ({ id, title, step })),
      };
      store.log.append(
        { drafts: [{ run, type: "run.started", actor: ana, data }], seen: new Map(), snapshots: new Map() },
        null,
      );
      return run;
    },
    drive: (run, options = {}) =>
      drive(host, run, {
        operator: ana,
        wait: false,
        patience: 60_000,
        resumed: null,
        stop: new AbortController().signal,
        onEvents: (news) => void events.push(...news),
        ...carryOver(host, run),
        ...options,
      }),
    types: (run) => store.log.events(run).map(({ type }) => type),
  };
}
