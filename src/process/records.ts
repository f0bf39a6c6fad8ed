import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { errorCode } from "../model/error-code.ts";
import { RunbookError } from "../model/error.ts";
import { syncDirectory } from "../system/files.ts";
import { bootId, groupOf, type ProcessRecord, startIn } from "./identity.ts";

/** What the records in a folder say about its command. */
export type CommandState =
  | { readonly state: "none" }
  /** Its supervisor has not begun, and may still. */
  | { readonly state: "pending" }
  /** It never ran and never will. */
  | { readonly state: "abandoned" }
  | { readonly state: "running"; readonly process: ProcessRecord }
  | { readonly state: "exited"; readonly process: ProcessRecord; readonly exitCode: number }
  | { readonly state: "lost" };

const abandoned = "abandoned\n";

/** Reads the records in a folder; it changes nothing. */
export function readState(folder: string): CommandState {
  if (!isThere(folder)) return { state: "none" };
  const started = read(folder, "started");
  // After a power cut a missing or empty record proves nothing: the command may have run.
  if (started === undefined || started === "")
    return isOfThisBoot(folder) ? unstarted(started) : { state: "lost" };
  if (started === abandoned) return { state: "abandoned" };
  const process = parseStarted(started);
  const isRunning = groupOf(process).length > 0;
  // Read last: the supervisor writes it before it ends.
  const exitCode = /^(\d{1,3}) \d+\n$/.exec(read(folder, "exit") ?? "")?.[1];
  if (exitCode !== undefined) return { state: "exited", process, exitCode: Number(exitCode) };
  return isRunning ? { state: "running", process } : { state: "lost" };
}

// A supervisor's record appears whole (P1), so an empty one is an engine's fence that was cut short.
function unstarted(started: string | undefined): CommandState {
  return { state: started === undefined ? "pending" : "abandoned" };
}

/** Creates `started` in the supervisor's place, so that the command can never run; false when it has begun. */
export function abandon(folder: string): boolean {
  return createRecord(path.join(folder, "started"), abandoned);
}

/** Takes the one right to send the command a signal; false when an engine, perhaps a dead one, has sent it. */
export function claimSignal(folder: string): boolean {
  return createRecord(path.join(folder, "stopping"), "");
}

/** Whether an engine has sent the command its signal. */
export function wasSignalled(folder: string): boolean {
  return isThere(path.join(folder, "stopping"));
}

/** Makes the folder of a command that will be started; false when another engine did. */
export function createFolder(folder: string, argv: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
  createRecord(path.join(folder, "command.json"), `${JSON.stringify({ argv, boot: bootId() })}\n`);
  for (const directory of [folder, path.dirname(folder)]) syncDirectory(directory);
  return true;
}

/** The digest of the command line in a folder; undefined when the engine died before it was stored. */
export function argvIn(folder: string): string | undefined {
  return readCommand(folder)?.argv;
}

/** When the command began, in milliseconds. */
export function startedAt(folder: string): number {
  return lstatSync(path.join(folder, "started")).ctimeMs;
}

/**
 * The folder of the newest start of `name`, and the one for the next. Each start has a folder of its own, so
 * that an abandoned supervisor can never meet the records of its successor.
 */
export function foldersOf(dir: string, name: string): { readonly newest: string; readonly next: string } {
  const starts = isThere(dir)
    ? readdirSync(dir)
        .map((entry) =>
          entry === name ? 1 : entry.startsWith(`${name}+`) ? Number(entry.slice(name.length + 1)) : 0,
        )
        .filter((start) => start > 0)
    : [];
  const newest = Math.max(1, ...starts);
  const folder = (start: number): string => path.join(dir, start === 1 ? name : `${name}+${start}`);
  return { newest: folder(newest), next: folder(starts.length === 0 ? 1 : newest + 1) };
}

/** Makes sure that a directory exists, is ours and is closed to others. */
export function requirePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const found = lstatSync(directory);
  const isOurs = found.isDirectory() && found.uid === process.getuid?.();
  if (isOurs && (found.mode & 0o077) === 0) return;
  const message = `\`${directory}\` is not a directory that only you can open.`;
  throw new RunbookError("STATE_UNWRITABLE", message, {
    hint: `Make it private with \`chmod 700 ${directory}\`.`,
  });
}

function createRecord(file: string, content: string): boolean {
  let record: number;
  try {
    record = openSync(file, "wx", 0o600);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(record, content);
    fsyncSync(record);
  } finally {
    closeSync(record);
  }
  return true;
}

function parseStarted(text: string): ProcessRecord {
  const [pid = "", line = "", boot = ""] = text.split("\n");
  return { pid: Number(pid), start: startIn(line), boot };
}

function isOfThisBoot(folder: string): boolean {
  const boot = readCommand(folder)?.boot;
  return boot === undefined || boot === bootId();
}

interface StoredCommand {
  readonly argv: string;
  readonly boot: string;
}

// One line of a fixed shape: anything else was cut short before its command could start.
function readCommand(folder: string): StoredCommand | undefined {
  const [, argv, boot] =
    /^\{"argv":"([0-9a-f]+)","boot":"([^"]+)"\}\n$/.exec(read(folder, "command.json") ?? "") ?? [];
  return argv === undefined || boot === undefined ? undefined : { argv, boot };
}

function read(folder: string, name: string): string | undefined {
  try {
    return readFileSync(path.join(folder, name), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
