import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { RunbookError } from "../model/error.ts";
import type { CommandResult } from "../model/step.ts";

export interface QuickOptions {
  readonly cwd: string;
  /** All of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Runs a quick command that only reads, such as a version check; when its time is over, its group is killed. */
export async function runQuick(
  file: string,
  args: readonly string[],
  options: QuickOptions,
): Promise<CommandResult> {
  const { cwd, env, timeoutMs } = options;
  const child = execa(file, [...args], {
    cwd,
    env: { ...env },
    extendEnv: false,
    stdin: "ignore",
    detached: true,
    reject: false,
    stripFinalNewline: false,
  });
  const clock = new AbortController();
  // Not execa's own timeout: it waits for a grandchild that holds stdout.
  const isLate = sleep(timeoutMs, undefined, { signal: clock.signal }).catch(() => undefined);
  const result = await Promise.race([child, isLate]);
  clock.abort();
  if (result === undefined) {
    if (child.pid !== undefined) killGroup(child.pid);
    throw new RunbookError("STEP_TIMED_OUT", `\`${file}\` did not end within ${timeoutMs} ms.`);
  }
  if (child.pid === undefined) {
    throw new RunbookError(
      "COMMAND_NOT_STARTED",
      `\`${file}\` was not started: ${result.code ?? "no process"}.`,
    );
  }
  return { exitCode: result.exitCode ?? 1, stdout: result.stdout, stderr: result.stderr };
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has just ended.
  }
}
