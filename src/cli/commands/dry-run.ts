import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { drive } from "../../engine/drive.ts";
import type { Host } from "../../engine/host.ts";
import { statesOf, type Told } from "../../instruct/states.ts";
import { loadRunbook } from "../../loader/load.ts";
import { isOf, type RunEvent } from "../../model/event.ts";
import { parseInputs, type RawInputs } from "../../runs/inputs.ts";
import type { Globals, Io } from "../io.ts";
import { preflight } from "../../runs/preflight.ts";
import { printJson, printLines } from "../view/print.ts";
import { openSession, operatorOf, type Beginning } from "../../runs/session.ts";

export interface DryRunArgs {
  readonly runbook: string;
  readonly input: RawInputs;
}

/**
 * Reads what the run would read, up to its first gate or write, and says of everything behind it what it would do. The
 * run is one of a database of its own, which is thrown away: the real one is not even opened.
 */
export async function dryRun(args: DryRunArgs, globals: Globals, io: Io): Promise<number> {
  const loaded = await loadRunbook(args.runbook, io);
  const input = parseInputs(loaded.runbook, args.input);
  const found = await preflight(loaded, input, io);
  const events = await readAside({ loaded, input, actor: operatorOf(io), ...found }, globals, io);
  const [root] = events;
  const own = events.filter(({ run }) => run === root?.run);
  const outputs = Object.fromEntries(
    own.flatMap((event) => (isOf(event, "step.succeeded") ? [[event.data.step, event.data.output]] : [])),
  );
  const failed = own.some((event) => isOf(event, "step.failed"));
  const would = statesOf(loaded.runbook, { input, outputs }).filter(
    ({ acts, wait }) => (acts.length > 0 || wait !== null) && !acts.every(({ id }) => id in outputs),
  );
  const ended = own.some((event) => isOf(event, "run.succeeded", "run.failed", "run.cancelled"));
  if (globals.json)
    printJson(io, "dry-run", { runbook: loaded.runbook.id, read: outputs, would: jsonOf(would) });
  else printLines(io, [...readLines(own), "", ...(ended ? ["The run would end here."] : wouldLines(would))]);
  return failed ? 1 : 0;
}

async function readAside(beginning: Beginning, globals: Globals, io: Io): Promise<readonly RunEvent[]> {
  const { target } = beginning;
  // Everything that it calls is in its target's region, as in a run.
  if (target !== null) Object.assign(io.env, { AWS_REGION: target.region });
  const dir = await mkdtemp(path.join(tmpdir(), "runwright-dry-"));
  const { RUNWRIGHT_ANCHORS: _, ...env } = io.env;
  const aside = { ...io, env: { ...env, XDG_STATE_HOME: dir } };
  const session = openSession({ ...globals, db: path.join(dir, "dry-run.db") }, aside);
  try {
    const run = await session.begin(beginning);
    const stop = new AbortController();
    await drive(readOnly(session.host, stop), run, {
      operator: beginning.actor,
      wait: false,
      patience: 0,
      resumed: null,
      stop: stop.signal,
      onEvents: () => {},
    });
    return session.store.family(run).flatMap((row) => session.store.log.events(row.run));
  } finally {
    session.close();
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

function readLines(events: readonly RunEvent[]): readonly string[] {
  const lines = events.flatMap((event) => {
    if (isOf(event, "step.started") && event.data.effect === "read")
      return [`read    ${event.data.step}: ${event.data.describe}`];
    if (isOf(event, "finding.recorded")) return [`        found: ${event.data.text} (${event.data.status})`];
    return isOf(event, "step.failed") ? [`        failed: ${event.data.failure.message}`] : [];
  });
  return ["Dry run: nothing is changed, and no run is recorded.", "", ...lines];
}

function wouldLines(would: readonly Told[]): readonly string[] {
  const lines = would.flatMap(({ state, acts, wait, jumps }) => [
    ...(wait === null ? [] : [`wait    ${state}: ${wait}`]),
    ...acts.map(({ effect, risk, describe }) => {
      const word = { read: "read", write: "WRITE", human: "ask", child: "follow" }[effect];
      return `${word.padEnd(7)} ${state}: ${describe}${effect === "write" ? ` (risk ${risk})` : ""}`;
    }),
    ...jumps.map((jump) => `        ${jump}`),
  ]);
  return [
    "From here on nothing was done. What would come, as far as its way leads there (‹...› is not known yet):",
    "",
    ...lines,
  ];
}

function jsonOf(would: readonly Told[]): unknown {
  return would.map(({ acts, ...state }) => ({
    ...state,
    acts: acts.map(({ runbook, ...act }) => ({ ...act, child: runbook?.id ?? null })),
  }));
}
