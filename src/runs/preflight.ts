/** What is found out before a run is recorded: who we are, where we act, and with which tools. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { awsSettings, findTool } from "../host/tools.ts";
import { packageRoot, type LoadedRunbook } from "../loader/load.ts";
import { RunbookError } from "../model/error.ts";
import type { Target } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { childEnvironment } from "../process/environment.ts";
import { runQuick } from "../process/run-quick.ts";
import type { Io } from "../cli/io.ts";

export interface Preflight {
  readonly target: Target | null;
  readonly identity: string | null;
  readonly tools: JsonObject;
}

/** Throws what would stop the run at its first step: no credentials, no region, no terraform. */
export async function preflight({ runbook }: LoadedRunbook, input: JsonObject, io: Io): Promise<Preflight> {
  const practice = await practiceWorld(io.env);
  const place = placeOf(runbook.target(input), practice, io);
  const needsTerraform = Object.keys(runbook.machine.implementations.actors).some((kind) =>
    kind.startsWith("terraform."),
  );
  const tools: JsonObject = {
    node: process.version,
    runwright: packageVersion(),
    terraform: needsTerraform ? await recentTerraform(io) : null,
  };
  if (place === null) return { target: null, identity: null, tools };
  const { callerIdentity } = await import("../steps/aws/identity.ts");
  const { account, arn } = await callerIdentity({ ...awsSettings(io.env, 3), region: place.region });
  return { target: { ...place, account, practice }, identity: arn, tools };
}

type Place = Omit<Target, "account" | "practice">;

/** A runbook that touches nothing which two runs could fight over is still known for practice where it is that. */
function placeOf(own: Place | null, practice: string | null, io: Io): Place | null {
  if (own !== null) return { ...own, dir: path.resolve(io.cwd, own.dir) };
  if (practice === null) return null;
  return { dir: practice, workspace: "default", region: io.env["AWS_REGION"] ?? "us-east-1" };
}

/** Throws `TARGET_CHANGED` unless this shell's credentials still belong to the account that the run acts on. */
export async function requireSameAccount(target: Target, io: Io): Promise<void> {
  const { callerIdentity } = await import("../steps/aws/identity.ts");
  const { account } = await callerIdentity({ ...awsSettings(io.env, 3), region: target.region });
  if (account === target.account) return;
  throw new RunbookError(
    "TARGET_CHANGED",
    `The run acts on AWS account ${target.account}, and the credentials here belong to ${account}.`,
  );
}

/** A type, not an interface: it is recorded as it is. */
type TerraformFound = { readonly file: string; readonly version: string; readonly standIn: boolean };

/** Path, version, and whether it is the practice world's stand-in. */
export async function terraformOf(io: Pick<Io, "env" | "cwd">): Promise<TerraformFound> {
  const file = await findTool("terraform", io.env);
  const options = { cwd: io.cwd, env: childEnvironment(io.env), timeoutMs: 10_000 };
  const { stdout, exitCode } = await runQuick(file, ["version", "-json"], options);
  const found = Version.safeParse(parsed(stdout));
  if (!found.success) {
    throw new RunbookError(
      "TERRAFORM_MISSING",
      `\`${file}\` does not answer \`version -json\` as terraform does (it ended with ${exitCode}).`,
    );
  }
  const { terraform_version: version, stand_in: standIn = false } = found.data;
  return { file, version, standIn };
}

const Version = z.looseObject({ terraform_version: z.string(), stand_in: z.boolean().optional() });

/** Terraform, refused before anything is recorded when it is older than the steps need. */
async function recentTerraform(io: Io): Promise<TerraformFound> {
  const found = await terraformOf(io);
  const { file, version } = found;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 1 || (major === 1 && minor >= 10)) return found;
  throw new RunbookError(
    "TERRAFORM_TOO_OLD",
    `\`${file}\` is terraform ${version}; 1.10 or newer is needed.`,
    { data: { version } },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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

/** Refuses `--auto` where the environment, or the target of a run, is not a practice world. */
export function requirePractice(world: string | null | undefined): void {
  if (typeof world === "string") return;
  throw new RunbookError(
    "AUTO_REFUSED",
    "`--auto` would approve by itself, and the target is not a practice world.",
  );
}

export function packageVersion(): string {
  const text = readFileSync(path.join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
