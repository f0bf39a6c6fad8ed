import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { groupOf, type ProcessRecord } from "./identity.ts";

/** How long what a command left behind may take to end by itself; a time limit has to be told within a second. */
const graceMs = 400;
const deathMs = 300;

/**
 * Ends what a command that was asked to end, and has ended, left in its group: asked first, then killed. The command
 * itself has written what it had to write; what only ignores its signal would hold files and act on the world unseen.
 */
export async function endGroup(ended: ProcessRecord): Promise<void> {
  if (await isLeaderAlone(ended, 0)) return;
  for (const [name, wait] of [
    ["SIGTERM", graceMs],
    ["SIGKILL", deathMs],
  ] as const) {
    signalGroup(ended.pid, name);
    if (await isLeaderAlone(ended, wait)) return;
  }
}

/** Sends a signal to all of a group, if there still is one. */
export function signalGroup(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // It has just ended: its records will tell.
  }
}

/** What still runs of a command, as `NAME (pid N)`: members of its group, and what left the group but holds its output. */
export function remainingProcesses(ended: ProcessRecord, files: readonly string[]): readonly string[] {
  const members = new Set([...groupOf(ended), ...holdersOf(files)]);
  members.delete(ended.pid);
  return [...members].map((pid) => `${nameOf(pid)} (pid ${pid})`);
}

// The supervisor, which leads the group, ends right after it has written the record.
async function isLeaderAlone(ended: ProcessRecord, patience: number): Promise<boolean> {
  for (const deadline = performance.now() + patience; ; await sleep(20)) {
    if (groupOf(ended).every((pid) => pid === ended.pid)) return true;
    if (performance.now() >= deadline) return false;
  }
}

/** Whoever has one of the files open; only the system's `/proc` tells. */
function holdersOf(files: readonly string[]): readonly number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => openFilesOf(pid).some((file) => files.includes(file)));
}

function openFilesOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`));
  } catch {
    // It has ended, or is somebody else's.
    return [];
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "process";
  }
}
