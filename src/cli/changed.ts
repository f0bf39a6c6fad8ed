/** A runbook file that is no longer what a run started with. */
import { pinOf } from "../engine/recompute.ts";
import { replay } from "../engine/replay.ts";
import { changesBetween } from "../graph/compare.ts";
import { graphOf } from "../graph/graph.ts";
import { loadRunbook, type Loaded } from "../loader/load.ts";
import { RunbookError } from "../model/error.ts";
import type { Io } from "./io.ts";
import type { Session } from "./session.ts";

/** Why the recorded events of a run and its child runs do not lead to the same place on another version; null when they do. */
export function whyNotOn({ runbook }: Loaded, session: Session, id: string): Error | null {
  for (const row of session.store.family(id)) {
    const own = session.store.log.events(row.run);
    const member = runbook.family.get(pinOf(own).id);
    try {
      if (member === undefined) throw new Error(`it has no runbook \`${row.runbook}\``);
      replay(member, own);
    } catch (cause) {
      return cause instanceof Error ? cause : new Error(String(cause));
    }
  }
  return null;
}

/** Says what is different in the file now, that the run goes on with its own copy, and how to go on with the file. */
export async function tellChanges(session: Session, id: string, io: Io): Promise<void> {
  const from = pinOf(session.store.log.events(id));
  const loaded = await loadedNow(from.id, io);
  if (typeof loaded === "string") {
    io.stderr.write(`The run goes on with its own copy of the runbook: ${loaded}\n`);
    return;
  }
  if (loaded.source === from.source) return;
  const pinned = await session.pinned(from);
  const changes = changesBetween(graphOf(pinned), graphOf(loaded.runbook));
  const why = whyNotOn(loaded, session, id);
  const lines = [
    `\`${loaded.file}\` has changed since the run started:`,
    ...changes.map(({ state, change, what }) => `  ${change.padEnd(7)}  ${state}: ${what}`),
    ...(changes.length === 0 ? ["  the same states and ways; something inside of them is different"] : []),
    "The run goes on with the copy that it started with.",
    why === null
      ? `Its events lead to the same place on the file as it is now: runwright resume ${id} --migrate`
      : `It cannot go on with the file as it is now: ${why.message}`,
  ];
  io.stderr.write(`${lines.join("\n")}\n`);
}

async function loadedNow(name: string, io: Io): Promise<Loaded | string> {
  try {
    return await loadRunbook(name, io);
  } catch (error) {
    if (error instanceof RunbookError) return error.message;
    throw error;
  }
}
