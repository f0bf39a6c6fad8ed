import type { Environment } from "../system/account.ts";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { RunbookError } from "../model/error.ts";
import type { AwsSettings } from "../model/step.ts";

/** Settings for every AWS client: no call may hang for ever. */
export function awsSettings(env: Environment, maxAttempts: number): AwsSettings {
  return {
    region: env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"],
    maxAttempts,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
  };
}

/** `RUNWRIGHT_TERRAFORM` or what PATH has. */
export async function findTool(name: "terraform", env: Environment): Promise<string> {
  const named = env["RUNWRIGHT_TERRAFORM"];
  const candidates =
    named === undefined || named === ""
      ? (env["PATH"] ?? "").split(path.delimiter).map((dir) => path.join(dir, name))
      : [path.resolve(named)];
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  const where = named === undefined || named === "" ? "on PATH" : `at \`${named}\` (RUNWRIGHT_TERRAFORM)`;
  throw new RunbookError("TERRAFORM_MISSING", `There is no executable \`${name}\` ${where}.`);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
