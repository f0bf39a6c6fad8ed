/** What an unfinished run goes on with when its runbook's file is another one now. */
import { pinOf } from "../../engine/recompute.ts";
import { loadRunbook, type LoadedRunbook } from "../../loader/load.ts";
import { RunbookError } from "../../model/error.ts";
import { visibleLine } from "../../redact/visible.ts";
import { summaryOf } from "../../runs/find-run.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { changedRunbook, fileNow, migrateRun, type ChangedRunbook } from "../../runs/runbook-changes.ts";
import type { Globals, Io } from "../io.ts";
import type { DriveFlags } from "./drive-flags.ts";
import type { OpenedWorkspace } from "./with-workspace.ts";

export interface VersionFlags extends Pick<DriveFlags, "ask" | "auto"> {
  /** Continue with the runbook's file as it is now, if the recorded path is the same on it. */
  readonly migrate: boolean;
  /** Which file that is, by name or path, when the run's runbook is not found by its name. */
  readonly runbook?: string | undefined;
}

type VersionChoice = { readonly type: "settled" } | { readonly type: "stopped"; readonly code: number };

/** Moves the run to the file as it is now, or not, as the flag or the person says. */
export async function resolveVersion(
  {
    workspace,
    id,
    migrate,
    ask,
    auto,
    runbook,
  }: VersionFlags & Pick<OpenedWorkspace, "workspace"> & { readonly id: string },
  { json, color }: Globals,
  io: Io,
): Promise<VersionChoice> {
  const actor = actorAtKeyboard(io);
  if (migrate) {
    await migrateRun(workspace, id, { loaded: await fileNow(workspace, id, runbook), actor });
    return { type: "settled" };
  }
  const loaded = await loadedNow(runbook ?? pinOf(workspace.store.log.events(id)).id, io);
  if (typeof loaded === "string") {
    io.stderr.write(`The run continues with its own copy of the runbook: ${loaded}\n`);
    return { type: "settled" };
  }
  const changed = await changedRunbook(workspace, id, loaded);
  if (changed === null) return { type: "settled" };
  const { isTerminal } = await import("../terminal/prompts.ts");
  if (!ask || auto || json || !isTerminal(io)) {
    printChanged(changed, id, io);
    return { type: "settled" };
  }
  const { store } = workspace;
  const isAtFault = store.runTree(id).some(({ run }) => summaryOf(store, run).fault !== null);
  const choice = await chooseVersion(changed, { isAtFault, color, io });
  if (choice === "file") await migrateRun(workspace, id, { loaded, actor });
  if (choice === "file" || choice === "copy") return { type: "settled" };
  io.stderr.write(`Nothing was done. resume with: runwright resume ${id}\n`);
  return { type: "stopped", code: choice === "stop" ? 8 : 130 };
}

async function loadedNow(name: string, io: Io): Promise<LoadedRunbook | string> {
  try {
    return await loadRunbook(name, io);
  } catch (error) {
    if (error instanceof RunbookError) return error.message;
    throw error;
  }
}

function changeLines({ loaded, changes }: ChangedRunbook): readonly string[] {
  return [
    `\`${loaded.file}\` has changed since the run started:`,
    ...changes.map(({ state, change, what }) => `  ${change.padEnd(7)}  ${state}: ${what}`),
    ...(changes.length === 0
      ? ["  the same states and transitions; something inside of them is different"]
      : []),
  ];
}

/** Says that the run goes on with its own copy, and how to go on with the file. */
function printChanged(changed: ChangedRunbook, id: string, io: Io): void {
  const { why } = changed;
  const told = [
    ...changeLines(changed),
    "The run continues with the copy that it started with.",
    why === null
      ? `Its events lead to the same place on the file as it is now: runwright resume ${id} --migrate`
      : `It cannot continue with the file as it is now: ${why.message}`,
  ];
  io.stderr.write(`${told.join("\n")}\n`);
}

interface VersionPrompt {
  readonly isAtFault: boolean;
  readonly color: Globals["color"];
  readonly io: Io;
}

/** Lets the person choose what the run goes on with; what a careless Enter takes leaves it as it is. */
async function chooseVersion(
  changed: ChangedRunbook,
  { isAtFault, color, io }: VersionPrompt,
): Promise<"copy" | "file" | "stop" | "interrupted"> {
  const { choose, PromptInterrupted } = await import("../terminal/prompts.ts");
  const { why } = changed;
  io.stderr.write(`${changeLines(changed).map(visibleLine).join("\n")}\n`);
  const disabled = why === null ? {} : { disabled: `(not possible: ${visibleLine(why.message)})` };
  const fault = isAtFault ? ", which is at fault" : "";
  const choices = [
    { value: "copy", name: `The copy that it started with${fault}` },
    { value: "file", name: "The file as it is now", ...disabled },
    { value: "stop", name: "Nothing: leave it as it is" },
  ];
  try {
    const answer = await choose(io, color, { message: "What should the run continue with?", choices });
    return answer === "copy" || answer === "file" ? answer : "stop";
  } catch (error) {
    if (error instanceof PromptInterrupted) return "interrupted";
    throw error;
  }
}
