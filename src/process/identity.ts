import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import { whoAmI } from "../system/account.ts";

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessRecord {
  readonly pid: number;
  /** When it started, as the system counts. */
  readonly start: string;
  /** Which start of the machine that count belongs to. */
  readonly boot: string;
}

/** A process, whose it is and where it runs: what a lease names. */
export interface ProcessIdentity extends ProcessRecord {
  readonly host: string;
  readonly user: string;
}

/** The process that calls. */
export function thisProcess(): ProcessIdentity {
  const start = readProcess(process.pid)?.start ?? "";
  return { pid: process.pid, start, boot: bootId(), host: os.hostname(), user: whoAmI().name };
}

/** Whether that very process still runs on this machine; one that has ended but was not yet collected does not. */
export function isAlive(record: ProcessRecord): boolean {
  return record.boot === bootId() && readProcess(record.pid)?.start === record.start;
}

/**
 * The processes of the group that this one leads or led, itself included; its children join it unless they ask not to.
 * None when its pid belongs to another process by now.
 */
export function groupOf({ pid, start, boot }: ProcessRecord): readonly number[] {
  if (boot !== bootId()) return [];
  const leader = readProcess(pid);
  return leader === undefined || leader.start === start ? membersOf(pid) : [];
}

function membersOf(group: number): readonly number[] {
  if (process.platform !== "linux") return listByPs(group);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readProcess(pid)?.group === group);
}

let knownBoot: string | undefined;

/** Names this start of the machine. */
export function bootId(): string {
  knownBoot ??=
    process.platform === "linux" ? readBootId() : run("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid");
  return knownBoot;
}

/** The start time in the line that the system (`/proc/PID/stat`, elsewhere `ps -o lstart=`) has for a process. */
export function startIn(line: string): string {
  return process.platform === "linux" ? (parseStat(line)?.start ?? "") : line.trim();
}

interface ProcessStat {
  readonly start: string;
  readonly group: number;
}

function readProcess(pid: number): ProcessStat | undefined {
  if (process.platform !== "linux") return readByPs(pid);
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

// The program's name stands in parentheses and may itself hold spaces and parentheses.
function parseStat(line: string): ProcessStat | undefined {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  const start = fields[19];
  if (start === undefined || state === "Z" || state === "X") return undefined;
  return { start, group: Number(group) };
}

function readByPs(pid: number): ProcessStat | undefined {
  const state = run("/bin/ps", "-o", "stat=", "-p", String(pid));
  if (state === "" || state.startsWith("Z")) return undefined;
  const start = run("/bin/ps", "-o", "lstart=", "-p", String(pid));
  return { start, group: Number(run("/bin/ps", "-o", "pgid=", "-p", String(pid))) };
}

function listByPs(group: number): readonly number[] {
  return run("/bin/ps", "-ax", "-o", "pid=,pgid=,stat=")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, pgid, state]) => Number(pgid) === group && state?.startsWith("Z") === false)
    .map(([pid]) => Number(pid));
}

function run(file: string, ...args: readonly string[]): string {
  try {
    // The start time is compared as text, so its language must not change.
    // Only where there is no /proc: elsewhere loading it would cost every short command some milliseconds.
    const { execFileSync } = process.getBuiltinModule("node:child_process");
    return execFileSync(file, args, { encoding: "utf8", env: { LC_ALL: "C" }, stdio: "pipe" }).trim();
  } catch {
    return "";
  }
}

function readBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
