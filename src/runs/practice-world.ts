import { RunbookError } from "../model/error.ts";
import type { RunSummary } from "../model/summary.ts";
import type { Environment } from "../system/account.ts";

/** The URL of the practice world that the environment points to, or null: a marker on loopback, nothing less. */
export async function practiceWorld(env: Environment): Promise<string | null> {
  const url = env["AWS_ENDPOINT_URL"];
  if (url === undefined || !/^http:\/\/127\.0\.0\.1:\d+\/?$/.test(url)) return null;
  return (await isPracticeWorld(url)) ? url : null;
}

async function isPracticeWorld(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/_world", url), { signal: AbortSignal.timeout(2_000) });
    const marker = (await answer.json()) as { readonly world?: unknown };
    return marker.world === "runwright-practice";
  } catch {
    return false;
  }
}

/** Throws `AWS_UNREACHABLE` when a run is practice and its world has ended. */
export async function requireWorld({ run, start: { target, runbook } }: RunSummary): Promise<void> {
  const url = target?.practice ?? null;
  if (url === null || (await isPracticeWorld(url))) return;
  throw new RunbookError(
    "AWS_UNREACHABLE",
    `The practice world of run ${run} (${url}) has ended, so the run cannot continue.`,
    {
      hint: `End it: runwright cancel ${run} --reason "its world is gone"   and start again: runwright practice ${runbook.id}`,
    },
  );
}
