import path from "node:path";
import { packageRoot } from "../loader/load.ts";
import type { JsonObject } from "../model/json.ts";
import { sha256 } from "../model/json.ts";

/** The name of the variable that holds the key of the practised service. */
export const keyVariable = "HOKUSAI_API_KEY";

/** The executable that stands in for terraform. */
export function standInFile(): string {
  return path.join(packageRoot(), "dist", "practice", "terraform", "main.js");
}

/** What to export for a practice world; the key is made up from the world's URL and is worth nothing anywhere. */
export function practiceEnvironment(
  url: string,
  tools: JsonObject | { readonly terraform: "real" | "stand-in" },
  env: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const { terraform } = tools;
  const standIn =
    terraform === "stand-in" ||
    (typeof terraform === "object" &&
      terraform !== null &&
      "standIn" in terraform &&
      terraform["standIn"] === true);
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
    ...(standIn ? { RUNWRIGHT_TERRAFORM: standInFile() } : {}),
  };
}

/** The program that serves a world. */
export function worldFile(): string {
  return path.join(packageRoot(), "dist", "practice", "world", "main.js");
}
