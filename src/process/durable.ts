import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { RunbookError } from "../model/error.ts";
import { sha256 } from "../model/json.ts";
import type { Command, CommandResult } from "../model/step.ts";
import type { Redactor } from "../redact/redactor.ts";
import { createWakeup } from "./wakeup.ts";
import { commandLost, follow, commandStopped } from "./follow.ts";
import type { ProcessRecord } from "./identity.ts";
import { findProgram, launch, type RawFiles, rawFilesOf } from "./launch.ts";
import {
  abandon,
  argvIn,
  createFolder,
  foldersOf,
  readState,
  requirePrivate,
  type CommandState,
} from "./records.ts";
import { openTail, type Tail } from "./tail.ts";

/** Two private directories of one attempt; raw output is kept apart because it may hold secrets. */
export interface AttemptDirectories {
  readonly dir: string;
  readonly rawDir: string;
}

export interface DurableOptions {
  /** An abort asks the command once, by SIGINT, to end; with a `Detach` as its reason it leaves it running. */
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  readonly onLine?: Command["onLine"];
  /** Called once this engine's supervisor has begun. */
  readonly onSpawn?: (process: ProcessRecord) => void;
  /** Of each stream; 32 MiB, of which a step and its evidence hold several copies for a moment. */
  readonly maxStoredBytes?: number;
  /** How much of each stream that is not kept may wait on the disk to be read; 256 MiB. */
  readonly maxWaitingBytes?: number;
  /** How long a command that was asked to end is waited for; 10 minutes. */
  readonly graceMs?: number;
}

/**
 * Runs a command that outlives the engine, or adopts the one that an earlier engine started by the same name.
 * The exit code, whatever it is, is the caller's to judge. Output is read from its beginning when adopted.
 */
export async function runDurable(
  command: Command,
  where: AttemptDirectories,
  options: DurableOptions,
): Promise<CommandResult> {
  requireName(command.name);
  requirePrivate(where.dir);
  requirePrivate(where.rawDir);
  const argv = sha256(JSON.stringify([command.file, ...command.args, command.cwd]));
  const { newest, next } = foldersOf(where.dir, command.name);
  const found = fence(newest);
  if (found.state === "none" || found.state === "abandoned") {
    return await start({ command, argv, folder: next, raw: rawFilesOf(where.rawDir, next) }, options);
  }
  if (argvIn(newest) !== argv) {
    const message = `The name \`${command.name}\` belongs to another command of this attempt.`;
    throw new RunbookError("COMMAND_CHANGED", message);
  }
  if (found.state === "lost") throw commandLost(command.name, "it is gone and left no exit record");
  const adopted = { command, folder: newest, raw: rawFilesOf(where.rawDir, newest) };
  return await attend(adopted, { ...options, hasEnded: () => false, wakeup: createWakeup() });
}

/**
 * What became of the command that an earlier engine may have started. After `none` and `abandoned` it never ran
 * and never will, because the fence was taken; `lost` means that only the world can tell.
 */
export function durableState(
  dir: string,
  name: string,
): "none" | "abandoned" | "running" | "exited" | "lost" {
  requireName(name);
  const { newest } = foldersOf(dir, name);
  return fence(newest).state;
}

/** Removes the raw output of all commands of an attempt: for when its outcome has been stored. */
export async function deleteRawOutput(where: AttemptDirectories): Promise<void> {
  const names = await readdir(where.dir).catch(() => []);
  for (const name of names) await rm(path.join(where.rawDir, name), { recursive: true, force: true });
}

interface DurableCommand {
  readonly command: Command;
  readonly folder: string;
  readonly raw: RawFiles;
}

type SettledState = Exclude<CommandState, { readonly state: "pending" }>;

function fence(folder: string): SettledState {
  const trace = readState(folder);
  if (trace.state !== "pending") return trace;
  if (abandon(folder)) return { state: "none" };
  return fence(folder);
}

async function start(
  job: DurableCommand & { readonly argv: string },
  options: DurableOptions,
): Promise<CommandResult> {
  const { command, signal } = { command: await findProgram(job.command), signal: options.signal };
  if (signal.aborted)
    throw commandStopped(command, signal, { text: "it had not begun", data: { started: false } });
  if (!createFolder(job.folder, job.argv)) {
    throw new RunbookError("LEASE_LOST", `Another process has started the command \`${command.name}\`.`);
  }
  const wakeup = createWakeup();
  let ended = false;
  const note = (): void => {
    ended = true;
    wakeup.wake();
  };
  launch(command, job.folder, job.raw).then(note, note);
  return await attend(
    { ...job, command },
    { ...options, wakeup, hasEnded: () => ended, onSpawn: options.onSpawn },
  );
}

type AttendOptions = Omit<DurableOptions, "onSpawn"> &
  Pick<Parameters<typeof follow>[0], "wakeup" | "hasEnded"> & {
    readonly onSpawn?: DurableOptions["onSpawn"] | undefined;
  };

async function attend(job: DurableCommand, options: AttendOptions): Promise<CommandResult> {
  const { signal, wakeup, hasEnded, onSpawn, graceMs = 600_000 } = options;
  const [stdout, stderr] = await openTails(job, options);
  signal.addEventListener("abort", wakeup.wake);
  try {
    const tails = [stdout, stderr];
    const exitCode = await follow({ ...job, tails, signal, graceMs, wakeup, onSpawn, hasEnded });
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    signal.removeEventListener("abort", wakeup.wake);
    await stdout.close();
    await stderr.close();
  }
}

async function openTails(
  { command, raw }: DurableCommand,
  options: AttendOptions,
): Promise<readonly [Tail, Tail]> {
  const { redactor, onLine, maxStoredBytes = 33_554_432, maxWaitingBytes = 268_435_456 } = options;
  const tail = (name: "stdout" | "stderr"): Promise<Tail> =>
    openTail(raw[name], {
      redact: redactor.stream(),
      onLine: onLine && ((line) => onLine(line, name)),
      maxStoredBytes,
      maxWaitingBytes,
    });
  try {
    return [await tail("stdout"), await tail("stderr")];
  } catch (error) {
    throw commandLost(command.name, `its output cannot be read (${String(error)})`);
  }
}

function requireName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return;
  throw new RunbookError(
    "COMMAND_CHANGED",
    `\`${name}\` cannot name a command: use letters, digits, dots and dashes.`,
  );
}
