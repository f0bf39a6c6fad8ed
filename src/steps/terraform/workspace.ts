/** Schemas that the terraform steps share. */
import { z } from "zod";
import { region } from "../parts/shapes.ts";

/** Where terraform runs; the start of every terraform step's input. */
export const workspaceShape = {
  /** The directory of the configuration. */
  dir: z.string().min(1),
  workspace: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "must be the name of a workspace")
    .default("default"),
  /** For look-ups in AWS; terraform itself goes by its configuration. */
  region,
};

export interface TerraformWorkspace {
  readonly dir: string;
  readonly workspace: string;
  readonly region?: string | undefined;
}

/** A resource address: it never begins with `-`, so that it cannot become a flag. */
export const address = z
  .string()
  .regex(/^[A-Za-z_][^\n]*$/, "must be a resource address such as `aws_x.y[0]`");

/** A lock's id: terraform's are random and ignore the variant bits of a UUID. */
export const lockId = z.guid();

/** Whether `address` is what `wanted` names: itself, one of its instances, or something in that module. */
export function isCovered(wanted: string, found: string): boolean {
  return (
    found === wanted || found.startsWith(`${wanted}[`) || (isModule(wanted) && found.startsWith(`${wanted}.`))
  );
}

function isModule(wanted: string): boolean {
  return /^(module\.[^.[\]]+(\[[^\]]*\])?\.?)+$/.test(wanted);
}
