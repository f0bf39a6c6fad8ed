import { parsedJson } from "../model/json-read.ts";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { findTool } from "../host/tools.ts";
import { packageRoot } from "../loader/load.ts";
import { RunbookError } from "../model/error.ts";
import { childEnvironment } from "../process/environment.ts";
import { runQuick } from "../process/run-quick.ts";
import type { RecordPlace } from "./store-options.ts";

export type ShellEnvironment = Pick<RecordPlace, "env" | "cwd">;

/** A type, not an interface: it is recorded as it is. */
type TerraformFound = { readonly file: string; readonly version: string; readonly standIn: boolean };

/** Path, version, and whether it is the practice world's stand-in. */
export async function terraformOf({ env, cwd }: ShellEnvironment): Promise<TerraformFound> {
  const file = await findTool("terraform", env);
  const options = { cwd, env: childEnvironment(env), timeoutMs: 10_000 };
  const { stdout, exitCode } = await runQuick(file, ["version", "-json"], options);
  const found = Version.safeParse(parsedJson(stdout));
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
export async function recentTerraform(shell: ShellEnvironment): Promise<TerraformFound> {
  const found = await terraformOf(shell);
  const { file, version } = found;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 1 || (major === 1 && minor >= 10)) return found;
  throw new RunbookError(
    "TERRAFORM_TOO_OLD",
    `\`${file}\` is terraform ${version}; 1.10 or newer is needed.`,
    { data: { version } },
  );
}

export function packageVersion(): string {
  const text = readFileSync(path.join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
