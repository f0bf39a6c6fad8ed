import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Arguments } from "../terminal/arguments.ts";
import { type Backend, openBackend } from "./backend.ts";
import { checkIdentity, type Cloud, openCloud } from "../aws/cloud.ts";
import { type Config, readConfig } from "../config/config.ts";
import { type Failure, failure, PlainFailure } from "../terminal/diagnostic.ts";
import type { Interrupts } from "../terminal/interrupts.ts";
import type { Streams, View } from "../terminal/view.ts";

/** Everything that a command may use of its process. */
export interface Session {
  readonly args: Arguments;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly streams: Streams;
  readonly view: View;
  readonly interrupts: Interrupts;
}

/** What a command that needs the state works with. */
export interface Workspace {
  readonly config: Config;
  readonly cloud: Cloud;
  readonly backend: Backend;
}

export function workspaceName(env: NodeJS.ProcessEnv): string {
  return env["TF_WORKSPACE"] || "default";
}

/** The file by which `init` remembers the backend. */
export function initFile({ dir, env }: Session): string {
  return join(dir, env["TF_DATA_DIR"] || ".terraform", "terraform.tfstate");
}

const Remembered = z.looseObject({ backend: z.looseObject({ config: z.record(z.string(), z.unknown()) }) });

/** Opens the backend that `init` remembered; it fails when there is none, or when the configuration names another now. */
export async function openWorkspace(session: Session): Promise<Workspace> {
  const config = readConfig(session.dir);
  const file = initFile(session);
  if (!existsSync(file))
    throw initNeeded(', please run "terraform init"', 'Initial configuration of the requested backend "s3"');
  const { backend } = Remembered.parse(JSON.parse(readFileSync(file, "utf8")));
  const isSame = (["bucket", "key", "region"] as const).every(
    (name) => backend.config[name] === config.backend[name],
  );
  if (!isSame) throw initNeeded(': please run "terraform init"', "Backend configuration block has changed");
  return connect(session, config);
}

function initNeeded(how: string, reason: string): Failure {
  const advice = 'Run "terraform init"; nothing was read or changed until then.';
  return failure(`Backend initialization required${how}`, `Reason: ${reason}\n\n${advice}`);
}

export async function connect(session: Session, config: Config): Promise<Workspace> {
  const { region } = config.backend;
  await checkIdentity(region, session.env);
  const cloud = openCloud(region);
  return { config, cloud, backend: openBackend(config.backend, cloud, workspaceName(session.env)) };
}

/** Runs `act` with the state locked, unless the command line says `-lock=false`, and releases the lock whatever happens. */
export async function locked<T>(
  session: Session,
  backend: Backend,
  operation: string,
  act: () => Promise<T>,
): Promise<T> {
  if (session.args.value("lock") === "false") return act();
  const timeout = seconds(session.args.value("lock-timeout") ?? "0s");
  const id = await backend.lock(operation, {
    timeout,
    view: session.view,
    signal: session.interrupts.signal,
  });
  try {
    return await act();
  } finally {
    await release(session, backend, id);
  }
}

async function release({ view }: Session, backend: Backend, id: string): Promise<void> {
  try {
    await backend.unlock(id);
  } catch (cause) {
    if (!(cause instanceof PlainFailure)) throw cause;
    process.exitCode = 1;
    const advice =
      'The lock may still be there: look at it, and remove it with the "force-unlock" command if it is yours.';
    view.diagnostic({
      severity: "error",
      summary: "Error releasing the state lock",
      detail: `Error message: ${cause.message}\n\n${advice}`,
    });
  }
}

/** A Go duration such as `1m30s`, in seconds. */
function seconds(duration: string): number {
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  const parts = [...duration.matchAll(/([\d.]+)(ms|s|m|h)/g)];
  if (parts.length === 0 && duration !== "0") {
    const why = `invalid value ${JSON.stringify(duration)} for flag -lock-timeout: parse error`;
    throw failure("Failed to parse command-line flags", why);
  }
  return parts.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * (units[unit] ?? 0), 0);
}
