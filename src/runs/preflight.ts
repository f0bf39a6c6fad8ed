/** What is found out before a run is recorded: who we are, where we act, and with which tools. */
import path from "node:path";
import { awsSettings } from "../host/tools.ts";
import type { LoadedRunbook } from "../loader/load.ts";
import { RunbookError } from "../model/error.ts";
import type { Target } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { practiceWorld } from "./practice-world.ts";
import { packageVersion, recentTerraform, type ShellEnvironment } from "./tool-versions.ts";

export interface Preflight {
  readonly target: Target | null;
  readonly identity: string | null;
  readonly tools: JsonObject;
}

/** Throws what would stop the run at its first step: no credentials, no region, no terraform. */
export async function preflight(
  { runbook }: LoadedRunbook,
  input: JsonObject,
  shell: ShellEnvironment,
): Promise<Preflight> {
  const practice = await practiceWorld(shell.env);
  const place = placeOf(runbook.target(input), practice, shell);
  const needsTerraform = Object.keys(runbook.machine.implementations.actors).some((kind) =>
    kind.startsWith("terraform."),
  );
  const tools: JsonObject = {
    node: process.version,
    runwright: packageVersion(),
    terraform: needsTerraform ? await recentTerraform(shell) : null,
  };
  if (place === null) return { target: null, identity: null, tools };
  const { callerIdentity } = await import("../steps/aws/identity.ts");
  const { account, arn } = await callerIdentity({ ...awsSettings(shell.env, 3), region: place.region });
  return { target: { ...place, account, practice }, identity: arn, tools };
}

type OwnTarget = Omit<Target, "account" | "practice">;

/** A runbook that touches nothing which two runs could fight over is still known for practice where it is that. */
function placeOf(own: OwnTarget | null, practice: string | null, shell: ShellEnvironment): OwnTarget | null {
  if (own !== null) return { ...own, dir: path.resolve(shell.cwd, own.dir) };
  if (practice === null) return null;
  return { dir: practice, workspace: "default", region: shell.env["AWS_REGION"] ?? "us-east-1" };
}

/** Throws `TARGET_CHANGED` unless this shell's credentials still belong to the account that the run acts on. */
export async function requireSameAccount(target: Target, shell: ShellEnvironment): Promise<void> {
  const { callerIdentity } = await import("../steps/aws/identity.ts");
  const { account } = await callerIdentity({ ...awsSettings(shell.env, 3), region: target.region });
  if (account === target.account) return;
  throw new RunbookError(
    "TARGET_CHANGED",
    `The run acts on AWS account ${target.account}, and the credentials here belong to ${account}.`,
  );
}
