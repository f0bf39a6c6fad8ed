import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { AttemptRequest } from "../engine/host.ts";
import type { Clock } from "../model/clock.ts";
import { RunbookError } from "../model/error.ts";
import type { Artifact } from "../model/event.ts";
import { canonical, type Json } from "../model/json.ts";
import { Secret } from "../model/secret.ts";
import type { AwsSettings, Command, StepContext } from "../model/step.ts";
import { runDurable, durableState, type AttemptDirectories } from "../process/durable.ts";
import { childEnvironment } from "../process/environment.ts";
import { visible } from "../redact/visible.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { Blobs } from "../store/blobs.ts";
import { awsSettings, findTool } from "./tools.ts";

/** What a context needs of the machine that it runs on. */
export interface AttemptDeps {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly blobs: Blobs;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly where: (attempt: AttemptRequest) => AttemptDirectories & { readonly files: string };
  readonly claim: (attempt: AttemptRequest, name: string) => Promise<void>;
  readonly onProgress: (attempt: AttemptRequest, line: string) => void;
}

export interface PreparedAttempt {
  readonly ctx: StepContext;
  /** Stores what the step gave as evidence. */
  readonly artifacts: () => Promise<readonly Artifact[]>;
  /** What goes on although the step was stopped. */
  readonly leftRunning: () => readonly string[];
  /** Resolves when none of its commands is running, or followed, any more. */
  readonly idle: () => Promise<void>;
}

/** The signals of one attempt: `work` stops the step; `processes` only lets go of its processes. */
interface AttemptSignals {
  readonly work: AbortSignal;
  readonly processes: AbortSignal;
}

export function prepare(
  attempt: AttemptRequest,
  around: AttemptDeps,
  signals: AttemptSignals,
): PreparedAttempt {
  const given: GivenEvidence[] = [];
  const commands = new Set<Promise<unknown>>();
  const left: string[] = [];
  const ctx = new AttemptContext({ attempt, around, signals, given, commands, left });
  const store = async ({ name, bytes }: GivenEvidence): Promise<Artifact> => ({
    name,
    sha256: await around.blobs.put(bytes),
    bytes: bytes.byteLength,
  });
  const idle = async (): Promise<void> => {
    while (commands.size > 0) await Promise.allSettled(commands);
  };
  return {
    ctx,
    idle,
    leftRunning: () => left,
    artifacts: async () => (given.length === 0 ? [] : Promise.all(given.map(store))),
  };
}

interface GivenEvidence {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a context is made of, and where it notes what its step did. */
interface ContextParts {
  readonly attempt: AttemptRequest;
  readonly around: AttemptDeps;
  readonly signals: AttemptSignals;
  readonly given: GivenEvidence[];
  readonly commands: Set<Promise<unknown>>;
  readonly left: string[];
}

/** The context of one attempt. A class, so that what costs something is made only when a step asks for it. */
class AttemptContext implements StepContext {
  readonly #parts: ContextParts;
  readonly key: string;
  readonly clock: Clock;

  constructor(parts: ContextParts) {
    const { attempt, around } = parts;
    this.#parts = parts;
    this.key = attempt.key;
    this.clock = around.clock;
  }

  get startedAt(): Date {
    return new Date(this.#parts.attempt.startedAt);
  }

  get signal(): AbortSignal {
    return this.#parts.signals.work;
  }

  get dir(): string {
    const { attempt, around } = this.#parts;
    const { files } = around.where(attempt);
    mkdirSync(files, { recursive: true, mode: 0o700 });
    return files;
  }

  get aws(): AwsSettings {
    const { attempt, around } = this.#parts;
    // A write whose answer got lost is looked up by the step's probe; a silent second call could repeat it.
    return awsSettings(around.env, attempt.step.effect === "write" ? 1 : 3);
  }

  readonly exec: StepContext["exec"] = (command) => {
    const { attempt, around, signals, commands, left } = this.#parts;
    const { env, redactor } = around;
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
  };

  readonly begun: StepContext["begun"] = (name) => {
    const { attempt, around } = this.#parts;
    return /^(running|exited|lost)$/.test(durableState(around.where(attempt).dir, name));
  };

  readonly tool: StepContext["tool"] = (name) => findTool(name, this.#parts.around.env);

  readonly evidence: StepContext["evidence"] = (name, value) =>
    void this.#parts.given.push({ name, bytes: redactedBytes(value, this.#parts.around.redactor) });

  readonly progress: StepContext["progress"] = (line) => {
    const { attempt, around } = this.#parts;
    around.onProgress(attempt, visible(around.redactor.text(line)));
  };

  readonly outlives: StepContext["outlives"] = (what) =>
    void this.#parts.left.push(this.#parts.around.redactor.text(what));

  readonly secret: StepContext["secret"] = async (reference) => resolveSecret(reference, this.#parts.around);

  readonly claim: StepContext["claim"] = (name) => this.#parts.around.claim(this.#parts.attempt, name);
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
  { env, redactor }: Pick<AttemptDeps, "env" | "redactor">,
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
export function hasSecret(reference: string, env: AttemptDeps["env"]): boolean {
  return lookUp(reference, env).value !== "";
}

function lookUp(
  reference: string,
  env: AttemptDeps["env"],
): { readonly name: string; readonly value: string } {
  const [, scheme, name = ""] = /^(env|file):(.*)$/.exec(reference) ?? [];
  return { name, value: (scheme === "file" ? readSecretFile(name) : env[name]) ?? "" };
}

function readSecretFile(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}
