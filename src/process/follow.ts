import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Detach } from "../model/detach.ts";
import { RunbookError } from "../model/error.ts";
import type { JsonObject } from "../model/json.ts";
import type { Command } from "../model/step.ts";
import type { Wakeup } from "./wakeup.ts";
import { isAlive, type ProcessRecord } from "./identity.ts";
import { commandNotStarted, type RawFiles } from "./launch.ts";
import { endGroup, remainingProcesses, signalGroup } from "./process-group.ts";
import { abandon, claimSignal, readState, startedAt, type CommandState, wasSignalled } from "./records.ts";
import type { Tail } from "./tail.ts";

/** A command that is followed to its end. */
export interface FollowedCommand {
  readonly command: Command;
  readonly folder: string;
  readonly raw: RawFiles;
  readonly tails: readonly Tail[];
  readonly signal: AbortSignal;
  readonly graceMs: number;
  readonly wakeup: Wakeup;
  readonly onSpawn: ((process: ProcessRecord) => void) | undefined;
  /** Whether the supervisor that this engine launched has ended; for an adopted one nobody knows. */
  readonly hasEnded: () => boolean;
}

const shortestPause = 25;
const longestPause = 200;
// A supervisor needs this long from its record to its trap; a signal between the two would go astray.
const settling = 100;

/** Waits for the exit record, reading output meanwhile, and gives the exit code; cancels as `signal` says. */
export async function follow(job: FollowedCommand): Promise<number> {
  let onSpawn = job.onSpawn;
  let askedAt: number | undefined;
  let pause = shortestPause;
  for (;;) {
    const hasEnded = job.hasEnded();
    const trace = readState(job.folder);
    throwIfDetached(job);
    if (trace.state === "exited" || trace.state === "running") {
      onSpawn?.(trace.process);
      onSpawn = undefined;
    }
    if (trace.state === "exited") return await conclude(job, trace, askedAt !== undefined);
    refuseUnlessGoingOn(job, trace, hasEnded);
    if (job.signal.aborted && trace.state === "running") {
      askedAt ??= await askToEnd(job, trace.process);
      if (performance.now() - askedAt > job.graceMs) throw stillRunning(job, trace.process);
    }
    if (await pump(job.tails)) pause = shortestPause;
    else await job.wakeup.wait(pause);
    pause = job.signal.aborted ? shortestPause * 2 : Math.min(longestPause, pause * 1.25);
  }
}

/** The error for a command that nobody saw the end of. */
export function commandLost(name: string, why: string): RunbookError {
  return new RunbookError("CHILD_LOST", `How the command \`${name}\` ended is not known: ${why}.`);
}

/** The error for a command that was asked to end, or never begun, because its signal aborted. */
export function commandStopped(command: Command, signal: AbortSignal, how: StopFacts): RunbookError {
  const message = `The command \`${command.name}\` was stopped: ${how.text}.`;
  return new RunbookError("STEP_STOPPED", message, { cause: signal.reason, data: how.data });
}

interface StopFacts {
  readonly text: string;
  readonly data: JsonObject;
}

function refuseUnlessGoingOn(job: FollowedCommand, trace: CommandState, hasEnded: boolean): void {
  const { command, folder, signal } = job;
  if (trace.state === "lost") throw commandLost(command.name, "it is gone and left no exit record");
  if (trace.state === "abandoned" || trace.state === "none") {
    throw new RunbookError("LEASE_LOST", `Another process has taken over the command \`${command.name}\`.`);
  }
  if (trace.state !== "pending" || !(hasEnded || signal.aborted)) return;
  // False: it has begun after all, so the next look tells.
  if (!abandon(folder)) return;
  if (!signal.aborted) throw commandNotStarted(command, "its supervisor did not begin");
  throw commandStopped(command, signal, { text: "it had not begun", data: { started: false } });
}

function throwIfDetached({ command, signal }: FollowedCommand): void {
  if (!signal.aborted || !(signal.reason instanceof Detach)) return;
  throw commandStopped(command, signal, { text: "it continues by itself", data: { detached: true } });
}

async function askToEnd({ folder }: FollowedCommand, process_: ProcessRecord): Promise<number> {
  await sleep(Math.min(settling, Math.max(0, settling - (Date.now() - startedAt(folder)))));
  // Only one engine, and only once: a second SIGINT makes terraform drop what it holds.
  if (isAlive(process_) && claimSignal(folder)) signalGroup(process_.pid, "SIGINT");
  return performance.now();
}

async function conclude(
  job: FollowedCommand,
  { process: ended, exitCode }: { readonly process: ProcessRecord; readonly exitCode: number },
  wasAsked: boolean,
): Promise<number> {
  // Also when the engine that asked has died since.
  if (wasSignalled(job.folder)) await endGroup(ended);
  for (const tail of job.tails) await tail.settle();
  while (await pump(job.tails)) throwIfDetached(job);
  if (!wasAsked) return exitCode;
  const leftRunning = remainingProcesses(ended, [job.raw.stdout, job.raw.stderr]);
  const text = `it was asked to end and ended with code ${exitCode}`;
  throw commandStopped(job.command, job.signal, { text, data: { exitCode, leftRunning } });
}

function stillRunning({ command, signal, graceMs }: FollowedCommand, { pid }: ProcessRecord): RunbookError {
  const text = `it was asked to end ${Math.round(graceMs / 1_000)} s ago and still runs as process ${pid}`;
  const leftRunning = [`${path.basename(command.file)} ${command.name} (pid ${pid})`];
  return commandStopped(command, signal, { text, data: { leftRunning } });
}

async function pump(tails: readonly Tail[]): Promise<boolean> {
  let hasMore = false;
  for (const tail of tails) hasMore = (await tail.pump()) || hasMore;
  return hasMore;
}
