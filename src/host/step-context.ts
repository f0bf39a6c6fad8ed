import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { Attempt } from "../engine/host.ts";
import type { Clock } from "../model/clock.ts";
import { RunbookError } from "../model/error.ts";
import type { Artifact } from "../model/event.ts";
import { canonical, type Json } from "../model/json.ts";
import { Secret } from "../model/secret.ts";
import type { Command, StepContext } from "../model/step.ts";
import { runDurable, traceDurable, type Where } from "../process/durable.ts";
import { childEnvironment } from "../process/environment.ts";
import { visible } from "../redact/visible.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { Blobs } from "../store/blobs.ts";
import { awsSettings, findTool } from "./tools.ts";

/** What a context needs of the machine that it runs on. */
export interface Surroundings {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly blobs: Blobs;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly where: (attempt: Attempt) => Where & { readonly files: string };
  readonly claim: (attempt: Attempt, name: string) => Promise<void>;
  readonly onProgress: (attempt: Attempt, line: string) => void;
}

export interface Prepared {
  readonly ctx: StepContext;
  /** Stores what the step gave as evidence. */
  readonly artifacts: () => Promise<readonly Artifact[]>;
  /** What goes on although the step was stopped. */
  readonly leftRunning: () => readonly string[];
  /** Resolves when none of its commands is running, or followed, any more. */
  readonly idle: () => Promise<void>;
}

/** The context of one attempt. `work` stops the step; `detach` only lets go of its processes. */
export function prepare(
  attempt: Attempt,
  around: Surroundings,
  signals: { readonly work: AbortSignal; readonly processes: AbortSignal },
): Prepared {
  const { redactor, env, clock } = around;
  const given: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  const commands = new Set<Promise<unknown>>();
  const left: string[] = [];
  const ctx: StepContext = {
    signal: signals.work,
    key: attempt.key,
    startedAt: attempt.startedAt,
    clock,
    get dir() {
      const { files } = around.where(attempt);
      mkdirSync(files, { recursive: true, mode: 0o700 });
      return files;
    },
    exec: (command) => {
      const whole: Command = { ...command, env: { ...childEnvironment(env), ...command.env } };
      const running = runDurable(whole, around.where(attempt), {
        signal: signals.processes,
        redactor,
        onLine: command.onLine,
      });
      commands.add(running);
      const forget = (): void => void commands.delete(running);
      running.catch((error: unknown) => left.push(...leftBy(error))).then(forget, forget);
      return running;
    },
    begun: (name) => /^(running|exited|lost)$/.test(traceDurable(around.where(attempt).dir, name)),
    tool: (name) => findTool(name, env),
    // A write whose answer got lost is looked up by the step's probe; a silent second call could repeat it.
    aws: awsSettings(env, attempt.step.effect === "write" ? 1 : 3),
    evidence: (name, value) => void given.push({ name, bytes: redactedBytes(value, redactor) }),
    progress: (line) => around.onProgress(attempt, visible(redactor.text(line))),
    outlives: (what) => void left.push(redactor.text(what)),
    secret: async (reference) => resolveSecret(reference, around),
    claim: (name) => around.claim(attempt, name),
  };
  const store = async ({ name, bytes }: (typeof given)[number]): Promise<Artifact> => ({
    name,
    sha256: await around.blobs.put(bytes),
    bytes: bytes.byteLength,
  });
  const idle = async (): Promise<void> => {
    while (commands.size > 0) await Promise.allSettled(commands);
  };
  return { ctx, idle, leftRunning: () => left, artifacts: () => Promise.all(given.map(store)) };
}

/** What the error of a stopped command says is left of it. */
function leftBy(error: unknown): readonly string[] {
  const left = error instanceof RunbookError ? error.data["leftRunning"] : undefined;
  return Array.isArray(left) ? left.map(String) : [];
}

/** Evidence as bytes without secrets. */
export function redactedBytes(value: Json | Uint8Array, redactor: Redactor): Uint8Array {
  const bytes =
    value instanceof Uint8Array ? value : Buffer.from(typeof value === "string" ? value : canonical(value));
  const stream = redactor.stream();
  const [most, rest] = [stream.push(bytes), stream.end()];
  // Without a copy where nothing was held back: evidence may be large.
  return rest.length === 0 ? most : Buffer.concat([most, rest]);
}

/** Reads a secret where its reference says it is and keeps it out of everything from then on. */
export function resolveSecret(
  reference: string,
  { env, redactor }: Pick<Surroundings, "env" | "redactor">,
): Secret {
  const { name, value } = lookUp(reference, env);
  if (value === "") {
    throw new RunbookError("SECRET_MISSING", `The secret \`${reference}\` has no value here.`);
  }
  const secret = new Secret(name, value);
  redactor.add(secret);
  return secret;
}

/** Whether the reference leads to a value on this machine. */
export function hasSecret(reference: string, env: Surroundings["env"]): boolean {
  return lookUp(reference, env).value !== "";
}

function lookUp(
  reference: string,
  env: Surroundings["env"],
): { readonly name: string; readonly value: string } {
  const [, scheme, name = ""] = /^(env|file):(.*)$/.exec(reference) ?? [];
  return { name, value: (scheme === "file" ? readSecretFile(name) : env[name]) ?? "" };
}

function readSecretFile(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}
