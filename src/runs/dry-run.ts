import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { drive } from "../engine/drive.ts";
import type { Host } from "../engine/host.ts";
import type { RunEvent } from "../model/event.ts";
import { startRun, type NewRun } from "./start.ts";
import { openWorkspace, type WorkspaceOptions } from "./workspace.ts";

/**
 * Reads what a run would read, up to its first gate or write, and returns the events of that. The run is one of a
 * database of its own, which is thrown away: the real one is not even opened.
 */
export async function readAside(
  started: NewRun,
  place: Omit<WorkspaceOptions, "db">,
): Promise<readonly RunEvent[]> {
  const dir = await mkdtemp(path.join(tmpdir(), "runwright-dry-"));
  const { RUNWRIGHT_ANCHORS: _, ...env } = place.env;
  const region = started.target === null ? {} : { AWS_REGION: started.target.region };
  const own = { ...place, env: { ...env, ...region, XDG_STATE_HOME: dir } };
  const workspace = openWorkspace({ ...own, db: path.join(dir, "dry-run.db") });
  try {
    const run = await startRun(workspace, started);
    const stop = new AbortController();
    await drive(readOnly(workspace.host, stop), run, {
      operator: started.actor,
      wait: false,
      patience: 0,
      resumed: null,
      stop: stop.signal,
      onEvents: () => {},
    });
    const { store } = workspace;
    return store.runTree(run).flatMap((row) => store.log.events(row.run));
  } finally {
    workspace.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A host that performs no write: it stops the engine instead. */
function readOnly(host: Host, stop: AbortController): Host {
  return {
    ...host,
    perform: async (attempt, abort) => {
      if (attempt.step.effect === "read") return host.perform(attempt, abort);
      stop.abort();
      return { type: "stopped", reason: "a dry run writes nothing" };
    },
  };
}
