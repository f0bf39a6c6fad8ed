/** A runbook file that is no longer what a run started with. */
import { pinOf } from "../engine/recompute.ts";
import { replay } from "../engine/replay.ts";
import { changesBetween } from "../graph/compare.ts";
import { graphOf } from "../graph/graph.ts";
import { loadRunbook, type LoadedRunbook } from "../loader/load.ts";
import { RunbookError } from "../model/error.ts";
import { visibleLine } from "../redact/visible.ts";
import type { Globals, Io } from "../cli/io.ts";
import type { Session } from "./session.ts";

/** Why the recorded events of a run and its child runs do not lead to the same place on another version; null when they do. */
export function whyNotOn({ runbook }: LoadedRunbook, session: Session, id: string): Error | null {
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

/** A run that somebody takes on. */
export interface Unfinished {
  readonly session: Session;
  readonly id: string;
  readonly io: Io;
}

/** A runbook file that is another one than what a run keeps. */
export interface Changed {
  readonly loaded: LoadedRunbook;
  /** What is different, as states and ways. */
  readonly lines: readonly string[];
  /** Why the run cannot go on with it; null when it can. */
  readonly why: Error | null;
}

/** What has changed in the file since a run was pinned; null when nothing has, a sentence when that cannot be told. */
export async function changedFile(
  name: string,
  { session, id, io }: Unfinished,
): Promise<Changed | string | null> {
  const from = pinOf(session.store.log.events(id));
  const loaded = await loadedNow(name, io);
  if (typeof loaded === "string") return loaded;
  if (loaded.source === from.source) return null;
  const changes = changesBetween(graphOf(await session.pinned(from)), graphOf(loaded.runbook));
  const lines = [
    `\`${loaded.file}\` has changed since the run started:`,
    ...changes.map(({ state, change, what }) => `  ${change.padEnd(7)}  ${state}: ${what}`),
    ...(changes.length === 0 ? ["  the same states and ways; something inside of them is different"] : []),
  ];
  return { loaded, lines, why: whyNotOn(loaded, session, id) };
}

/** Says that the run goes on with its own copy, and how to go on with the file. */
export function tellChanged(changed: Changed | string, id: string, io: Io): void {
  if (typeof changed === "string") {
    io.stderr.write(`The run goes on with its own copy of the runbook: ${changed}\n`);
    return;
  }
  const { lines, why } = changed;
  const told = [
    ...lines,
    "The run goes on with the copy that it started with.",
    why === null
      ? `Its events lead to the same place on the file as it is now: runwright resume ${id} --migrate`
      : `It cannot go on with the file as it is now: ${why.message}`,
  ];
  io.stderr.write(`${told.join("\n")}\n`);
}

/** Lets the person choose what the run goes on with; what a careless Enter takes leaves it is. */
export async function chooseVersion(
  { lines, why }: Changed,
  {
    isAtFault,
    color,
    io,
  }: { readonly isAtFault: boolean; readonly color: Globals["color"]; readonly io: Io },
): Promise<"copy" | "file" | "stop"> {
  const { choose } = await import("../cli/terminal/prompts.ts");
  io.stderr.write(`${lines.map(visibleLine).join("\n")}\n`);
  const disabled = why === null ? {} : { disabled: `(not possible: ${visibleLine(why.message)})` };
  const fault = isAtFault ? ", which is at fault" : "";
  const choices = [
    { value: "copy", name: `The copy that it started with${fault}` },
    { value: "file", name: "The file as it is now", ...disabled },
    { value: "stop", name: "Nothing: leave it is" },
  ];
  const answer = await choose(io, color, { message: "What should the run go on with?", choices });
  return answer === "copy" || answer === "file" ? answer : "stop";
}

async function loadedNow(name: string, io: Io): Promise<LoadedRunbook | string> {
  try {
    return await loadRunbook(name, io);
  } catch (error) {
    if (error instanceof RunbookError) return error.message;
    throw error;
  }
}
