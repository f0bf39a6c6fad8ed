import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { errorCode } from "../../model/error-code.ts";
import { RunbookError } from "../../model/error.ts";
import { sha256 } from "../../model/json.ts";
import type { StepContext } from "../../model/step.ts";
import { readState, type TerraformState } from "./state.ts";

/** Where terraform leaves a state that it could not save. */
export function erroredStateIn(dir: string): string {
  return path.join(dir, "errored.tfstate");
}

/** When terraform last failed to save a state and left it in the directory, or undefined. */
export async function unsavedSince(dir: string): Promise<Date | undefined> {
  try {
    return (await stat(erroredStateIn(dir))).mtime;
  } catch {
    return undefined;
  }
}

/** A plan or apply beside a state that was not saved would fork it. What this very attempt left is told elsewhere. */
export async function refuseUnsavedState(dir: string, ctx: StepContext): Promise<void> {
  const since = await unsavedSince(dir);
  if (since === undefined || since >= ctx.startedAt) return;
  throw unsaved(dir, `since ${since.toISOString()}`);
}

export function unsaved(dir: string, since: string): RunbookError {
  return new RunbookError(
    "TERRAFORM_STATE_UNSAVED",
    `${erroredStateIn(dir)} holds a state that could not be saved ${since}.`,
    {
      data: { dir },
    },
  );
}

/** A state in a file, or undefined when there is none. Its bytes hold secrets in clear text: they are never stored. */
export async function readStateFile(
  file: string,
): Promise<
  { readonly bytes: Uint8Array; readonly sha256: string; readonly state: TerraformState } | undefined
> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  try {
    return { bytes, sha256: sha256(bytes), state: readState(bytes.toString()) };
  } catch {
    // What the parser says may quote the content.
    throw new RunbookError("TERRAFORM_FAILED", `${file} cannot be read as a terraform state.`);
  }
}

export interface StateComparison {
  readonly verdict: "newer" | "saved" | "conflict";
  readonly added: string[];
  readonly removed: string[];
  readonly changed: string[];
}

/** What pushing a state over the stored one would change, in addresses: their values may be secret. */
export function compareStates(file: TerraformState, stored: TerraformState): StateComparison {
  const all = [...new Set([...file.known.keys(), ...stored.known.keys()])].toSorted();
  const added = all.filter((address) => !stored.known.has(address));
  const removed = all.filter((address) => !file.known.has(address));
  const changed = all.filter((address) => {
    const [one, other] = [file.known.get(address), stored.known.get(address)];
    return one !== undefined && other !== undefined && !isDeepStrictEqual(one, other);
  });
  return { verdict: verdictOf(file, stored, [...added, ...removed, ...changed]), added, removed, changed };
}

/** A push raises the serial, so what was pushed is told by its content. */
function verdictOf(
  file: TerraformState,
  stored: TerraformState,
  differences: readonly string[],
): StateComparison["verdict"] {
  const isSameLineage = file.lineage === stored.lineage;
  if (isSameLineage && stored.serial >= file.serial && differences.length === 0) return "saved";
  const isNewer = file.serial > stored.serial && (isSameLineage || stored.lineage === "");
  return isNewer ? "newer" : "conflict";
}
