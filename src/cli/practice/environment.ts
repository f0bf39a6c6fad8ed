import { existsSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../loader/load.ts";
import { RunbookError } from "../../model/error.ts";
import { sha256, type Json, type JsonObject } from "../../model/json.ts";
import type { RunSummary } from "../../model/summary.ts";
import type { Io } from "../io.ts";

/** The name of the variable that holds the key of the practised service. */
export const keyVariable = "HOKUSAI_API_KEY";

/** The executable that stands in for terraform. */
function standInFile(): string {
  return path.join(packageRoot(), "dist", "practice", "terraform", "main.js");
}

/** What to export for a practice world; the key is made up from the world's URL and is worth nothing anywhere. */
export function practiceEnvironment(
  url: string,
  tools: JsonObject,
  env: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const terraform = terraformFor(tools["terraform"]);
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID:
      env["AWS_ENDPOINT_URL"] === url ? (env["AWS_ACCESS_KEY_ID"] ?? "practice") : "practice",
    AWS_SECRET_ACCESS_KEY: "practice",
    AWS_REGION: "us-east-1",
    // The AWS CLI's first version knows only this one.
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    [keyVariable]: env[keyVariable] ?? `practice-${sha256(`key of ${url}`).slice(0, 32)}`,
    ...(terraform === null ? {} : { RUNWRIGHT_TERRAFORM: terraform }),
  };
}

/** The stand-in that a run began with, or this installation's; null for the real terraform, which PATH has. */
function terraformFor(tool: Json | undefined): string | null {
  if (tool === "stand-in") return standInFile();
  if (typeof tool !== "object" || tool === null || !("standIn" in tool) || tool["standIn"] !== true)
    return null;
  const { file } = tool;
  return typeof file === "string" && existsSync(file) ? file : standInFile();
}

/** Gives this process the environment of the practice world that a run acts in, if it is one. */
export function enterPractice({ start: { target, tools } }: RunSummary, io: Pick<Io, "env">): void {
  if (target === null || target.practice === null) return;
  Object.assign(io.env, practiceEnvironment(target.practice, tools, io.env));
}

/** Refuses `--auto` where the environment, or the target of a run, is not a practice world. */
export function requirePractice(world: string | null | undefined): void {
  if (typeof world === "string") return;
  throw new RunbookError(
    "AUTO_REFUSED",
    "`--auto` would approve by itself, and the target is not a practice world.",
  );
}

/** The program that serves a world. */
export function worldFile(): string {
  return path.join(packageRoot(), "dist", "practice", "world", "main.js");
}
