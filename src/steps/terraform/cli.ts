import { stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { RunbookError } from "../../model/error.ts";
import type { CommandResult, StepContext } from "../../model/step.ts";
import { diagnosticsOf, terraformFailure } from "./failure.ts";
import type { TerraformWorkspace } from "./workspace.ts";
import { progressLine } from "./stream.ts";

/** One terraform command of a step. */
interface TerraformCommand {
  /** Unique within the step; a command that must be new after a crash has a name that is. */
  readonly name: string;
  readonly args: readonly string[];
  /** `stream` for `-json`, `text` for the rest; `nothing` for what shows secrets in clear text. */
  readonly evidence: "stream" | "text" | "nothing";
}

/** Terraform in one directory and workspace. */
export interface Terraform {
  readonly version: string;
  /** Whether it is the practice world's stand-in. */
  readonly standIn: boolean;
  readonly dir: string;
  /** The program. */
  readonly file: string;
  /** Runs a command whatever its exit code. */
  readonly attempt: (invocation: TerraformCommand) => Promise<CommandResult>;
  /** Runs a command and throws one of our codes unless it ends with 0. */
  readonly run: (invocation: TerraformCommand) => Promise<CommandResult>;
}

const Version = z.looseObject({ terraform_version: z.string(), stand_in: z.boolean().optional() });

/** Finds terraform and checks that it can be used in the directory. */
export async function openTerraform(place: TerraformWorkspace, ctx: StepContext): Promise<Terraform> {
  const dir = path.resolve(place.dir);
  if (!(await isDirectory(dir))) {
    throw new RunbookError("TERRAFORM_DIR_MISSING", `There is no directory ${dir}.`, { data: { dir } });
  }
  const file = await ctx.tool("terraform");
  const env = {
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    TF_WORKSPACE: place.workspace,
  };
  const attempt = async ({ name, args, evidence }: TerraformCommand): Promise<CommandResult> => {
    const onLine = (line: string): void => {
      const text = evidence === "nothing" ? undefined : progressLine(line);
      if (text !== undefined && text !== "") ctx.progress(text);
    };
    const exited = await ctx.exec({ name, file, args, cwd: dir, env, onLine });
    keep(ctx, { name, evidence, exited, command: { file, args, cwd: dir, workspace: place.workspace } });
    return exited;
  };
  const run = async (invocation: TerraformCommand): Promise<CommandResult> => {
    const exited = await attempt(invocation);
    if (exited.exitCode === 0) return exited;
    throw terraformFailure(commandOf(invocation), { dir, exitCode: exited.exitCode }, diagnosticsOf(exited));
  };
  const { stdout } = await run({ name: "version", args: ["version", "-json"], evidence: "nothing" });
  return { ...versionOf(stdout), dir, file, attempt, run };
}

/** `terraform plan`, for messages. */
function commandOf({ args }: Pick<TerraformCommand, "args">): string {
  const words = args.slice(0, args[0] === "state" ? 2 : 1);
  return ["terraform", ...words].join(" ");
}

function versionOf(stdout: string): { readonly version: string; readonly standIn: boolean } {
  const found = Version.safeParse(JSON.parse(stdout)).data;
  const version = found?.terraform_version ?? "0";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 1 || (major === 1 && minor >= 10)) return { version, standIn: found?.stand_in ?? false };
  throw new RunbookError("TERRAFORM_TOO_OLD", `This is terraform ${version}; 1.10 or newer is needed.`, {
    data: { version },
  });
}

interface CommandEvidence {
  readonly name: string;
  readonly evidence: TerraformCommand["evidence"];
  readonly exited: CommandResult;
  readonly command: {
    readonly file: string;
    readonly args: readonly string[];
    readonly cwd: string;
    readonly workspace: string;
  };
}

function keep(ctx: StepContext, { name, evidence, exited, command }: CommandEvidence): void {
  if (evidence === "nothing") return;
  ctx.evidence(`${name}.command.json`, { ...command, exitCode: exited.exitCode });
  const bytes = new TextEncoder();
  ctx.evidence(evidence === "stream" ? `${name}.jsonl` : `${name}.stdout.txt`, bytes.encode(exited.stdout));
  if (exited.stderr !== "") ctx.evidence(`${name}.stderr.txt`, bytes.encode(exited.stderr));
}

async function isDirectory(dir: string): Promise<boolean> {
  try {
    return (await stat(dir)).isDirectory();
  } catch {
    return false;
  }
}
