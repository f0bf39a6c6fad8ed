// An engine that is recorded or broken from outside: goes on with what is unfinished in the directory in its first
// argument, then runs `everything` there as often as its third says, and writes down what it has told to be stored.
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
  for (const { run } of store.runTree(root)) {
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

/** Drives the run that is unfinished, or a new one when `mayStart`, to where it waits, and answers. */
async function oneEngine(mayStart: boolean): Promise<"nothing to do" | "waited" | "ended"> {
  const made = bench(runbook, dir);
  try {
    const unfinished = made.host.store.list({ open: true, limit: 9 }).find(({ parent }) => parent === null);
    if (unfinished === undefined && !mayStart) return "nothing to do";
    const run = unfinished?.run ?? made.start({});
    if (unfinished === undefined) tell(made.host.store.log.events(run));
    const resumed = unfinished === undefined ? null : "again";
    const stop = new AbortController().signal;
    const options = { operator: ana, wait: false, patience: 60_000, resumed, stop, onEvents: tell };
    const end = await drive(made.host, run, options);
    if (end.type === "ended") return "ended";
    answer(made, run);
    return "waited";
  } finally {
    made.host.store.close();
  }
}

async function work(): Promise<void> {
  let left = Number(runs);
  for (;;) {
    const done = await oneEngine(left > 0);
    if (done === "nothing to do") return;
    if (done === "ended") left -= 1;
  }
}

try {
  await work();
  process.stdout.write("done\n");
} catch (error) {
  process.stdout.write(`${error instanceof RunbookError ? error.code : String(error)}\n`);
  process.exitCode = 1;
}
closeSync(told);
