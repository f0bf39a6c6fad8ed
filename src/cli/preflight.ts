/** What is found out before a run is recorded: who we are, where we act, and with which tools. */
import path from "node:path";
import { awsSettings, findTool } from "../host/tools.ts";
import { packageRoot, type Loaded } from "../loader/load.ts";
import { RunbookError } from "../model/error.ts";
import type { Target } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { childEnvironment } from "../process/environment.ts";
import { runShort } from "../process/short.ts";
import { readFileSync } from "node:fs";
import type { Io } from "./io.ts";

export interface Preflight {
  readonly target: Target | null;
  readonly identity: string | null;
  readonly tools: JsonObject;
}

/** Throws what would stop the run at its first step: no credentials, no region, no terraform. */
export async function preflight({ runbook }: Loaded, input: JsonObject, io: Io): Promise<Preflight> {
  const place = runbook.target(input);
  const needsTerraform = Object.keys(runbook.machine.implementations.actors).some((kind) =>
    kind.startsWith("terraform."),
  );
  const tools: JsonObject = {
    node: process.version,
    runwright: packageVersion(),
    terraform: needsTerraform ? await terraformOf(io) : null,
  };
  if (place === null) return { target: null, identity: null, tools };
  const { callerIdentity } = await import("../steps/aws/identity.ts");
  const { account, arn } = await callerIdentity({ ...awsSettings(io.env, 3), region: place.region });
  const practice = await practiceWorld(io.env);
  const target = { ...place, dir: path.resolve(io.cwd, place.dir), account, practice };
  return { target, identity: arn, tools };
}

/** Path, version, and whether it is the practice world's stand-in. */
export async function terraformOf(io: Pick<Io, "env" | "cwd">): Promise<JsonObject> {
  const file = await findTool("terraform", io.env);
  const options = { cwd: io.cwd, env: childEnvironment(io.env), timeoutMs: 10_000 };
  const { stdout } = await runShort(file, ["version", "-json"], options);
  const found = JSON.parse(stdout) as { readonly terraform_version?: string; readonly stand_in?: boolean };
  return { file, version: found.terraform_version ?? "unknown", standIn: found.stand_in === true };
}

/** The URL of the practice world that the environment points to, or null: a marker on loopback, nothing less. */
export async function practiceWorld(env: Io["env"]): Promise<string | null> {
  const url = env["AWS_ENDPOINT_URL"];
  if (url === undefined || !/^http:\/\/127\.0\.0\.1:\d+\/?$/.test(url)) return null;
  return (await isPracticeWorld(url)) ? url : null;
}

export async function isPracticeWorld(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/_world", url), { signal: AbortSignal.timeout(2_000) });
    const marker = (await answer.json()) as { readonly world?: unknown };
    return marker.world === "runwright-practice";
  } catch {
    return false;
  }
}

export function requirePractice(target: Target | null): void {
  if (target !== null && target.practice !== null) return;
  throw new RunbookError(
    "AUTO_REFUSED",
    "`--auto` would approve by itself, and the target is not a practice world.",
  );
}

export function packageVersion(): string {
  const text = readFileSync(path.join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
