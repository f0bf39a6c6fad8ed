// An engine that is recorded or broken from outside: runs `everything` some times in the directory in its first
// argument, or goes on with what is unfinished there, and writes down what it has told to be stored.
import { closeSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { decide } from "../../src/engine/decide.ts";
import { drive } from "../../src/engine/drive.ts";
import { RunbookError } from "../../src/model/error.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { summarise } from "../../src/model/summary.ts";
import { createWorld, everything } from "../support/external-world.ts";
import { ana, bench, type Bench } from "../support/world-free.ts";
import { acknowledgements } from "./recording.ts";

const [, , dir = "", world = "", runs = "1"] = process.argv;
const script = 'echo "$2" >> "$1"; echo "evidence of $2"';
const runbook = everything(createWorld(world), script);
const told = openSync(path.join(dir, acknowledgements), "a", 0o600);

/** Events that the anchor holds, too, when they are told. */
const anchored = /^(gate\.opened|approval\.granted|decision\.made|run\.succeeded)$/;

function tell(events: readonly RunEvent[]): void {
  const last = events.at(-1);
  if (last === undefined) return;
  const isAnchored = events.some(({ type }) => anchored.test(type));
  writeSync(told, `${last.seq} ${last.hash} ${isAnchored ? "anchored" : "stored"}\n`);
}

/** What became of an interrupted write is looked up; everything else is approved. */
function answer({ host: { store } }: Bench, root: string): void {
  for (const { run } of store.family(root)) {
    const events = store.log.events(run);
    const [gate] = summarise(events).gates;
    if (gate === undefined) continue;
    if (gate === undefined) continue;
    const { kind, step } = gate;
    const choice = createWorld(world).has(step) ? "done" : "again";
    const decision =
      kind === "approval"
        ? ({ type: "approve", reason: "looks right" } as const)
        : ({ type: "choose", choice, reason: "I looked", output: { name: step } } as const);
    const draft = decide(
      events,
      { run, gate: gate.gate, digest: gate.digest, decision, actor: ana },
      new Date(),
    );
    const seen = new Map([[run, events.length]]);
    const committed = store.log.append({ drafts: [draft], seen, snapshots: new Map() }, null);
    if (committed.type !== "stored") continue;
    store.anchor.note(store.log.head(), true);
    tell(committed.events);
  }
}

/** Drives the run that is unfinished, or a new one, to where it waits, and answers; false when it has ended. */
async function oneEngine(): Promise<boolean> {
  const made = bench(runbook, dir);
  try {
    const unfinished = made.host.store.list({ open: true, limit: 9 }).find(({ parent }) => parent === null);
    const run = unfinished?.run ?? made.start({});
    if (unfinished === undefined) tell(made.host.store.log.events(run));
    const resumed = unfinished === undefined ? null : "again";
    const stop = new AbortController().signal;
    const options = { operator: ana, wait: false, patience: 60_000, resumed, stop, onEvents: tell };
    const end = await drive(made.host, run, options);
    if (end.type !== "ended") answer(made, run);
    return end.type !== "ended";
  } finally {
    made.host.store.close();
  }
}

try {
  for (let run = 0; run < Number(runs); run += 1) while (await oneEngine());
  process.stdout.write("done\n");
} catch (error) {
  process.stdout.write(`${error instanceof RunbookError ? error.code : String(error)}\n`);
  process.exitCode = 1;
}
closeSync(told);
