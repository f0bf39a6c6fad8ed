import { execa } from "execa";
import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Secret } from "../../src/model/secret.ts";
import type { StepContext } from "../../src/model/step.ts";

/** What a step did with its context, for a test to look at. */
interface Recorded {
  readonly evidence: Map<string, unknown>;
  readonly progress: string[];
}

/** A context with real time and real processes but nothing durable: for tests of single steps. */
export async function stepContext(
  overrides: Partial<StepContext> & { readonly terraform?: string } = {},
): Promise<StepContext & { readonly recorded: Recorded }> {
  const recorded: Recorded = { evidence: new Map(), progress: [] };
  const claims = new Set<string>();
  const dir = await mkdtemp(path.join(tmpdir(), "runwright-step-"));
  return {
    recorded,
    signal: new AbortController().signal,
    key: randomUUID(),
    startedAt: new Date(),
    clock: {
      now: () => new Date(),
      sleepUntil: (due, signal) => sleep(Math.max(0, due.getTime() - Date.now()), undefined, { signal }),
    },
    dir,
    exec: async ({ file, args, cwd, env, onLine }) => {
      const child = await execa(file, [...args], { cwd, env: { ...env }, reject: false, stdin: "ignore" });
      for (const line of child.stdout.split("\n")) onLine?.(line, "stdout");
      for (const line of child.stderr.split("\n")) onLine?.(line, "stderr");
      return { exitCode: child.exitCode ?? 1, stdout: child.stdout, stderr: child.stderr };
    },
    begun: () => false,
    tool: async () => overrides.terraform ?? "terraform",
    aws: {
      region: "us-east-1",
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    },
    evidence: (name, value) => void recorded.evidence.set(name, value),
    progress: (line) => void recorded.progress.push(line),
    outlives: () => {},
    secret: async (reference) => new Secret(reference, process.env[reference.replace(/^env:/, "")] ?? ""),
    claim: async (name) => {
      if (claims.has(name)) throw new Error(`${name} is claimed`);
      claims.add(name);
    },
    ...overrides,
  };
}
