/** Files that a person attaches to an answer: read, redacted and stored as what a step leaves is. */
import type { ShellEnvironment } from "./tool-versions.ts";
import { constants, accessSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { redactedBytes } from "../host/step-context.ts";
import { RunbookError } from "../model/error.ts";
import type { Artifact } from "../model/event.ts";
import { home } from "../system/account.ts";
import { learnSecrets } from "./secrets.ts";
import type { Workspace } from "./workspace.ts";

/** A screenshot, a log or a dump; what is larger belongs elsewhere, and its digest into the reason. */
const mostBytes = 16 * 1024 * 1024;

/** What keeps a file from being attached, or null. */
export function problemWith(name: string, shell: ShellEnvironment): string | null {
  const file = fileOf(name, shell);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return `There is no file \`${name}\``;
  if (!found.isFile()) return `\`${name}\` is not a file`;
  if (found.size > mostBytes)
    return `\`${name}\` has ${Math.ceil(found.size / 1024 / 1024)} MiB; at most ${mostBytes / 1024 / 1024} can be attached`;
  try {
    accessSync(file, constants.R_OK);
    return null;
  } catch {
    return `\`${name}\` cannot be read`;
  }
}

/** Stores files as evidence of a run, all or none; throws `EVIDENCE_REFUSED`, and `SECRET_MISSING` where they cannot be redacted. */
export async function attachFiles(
  workspace: Workspace,
  run: string,
  names: readonly string[],
): Promise<readonly Artifact[]> {
  if (names.length === 0) return [];
  const { store, host, blobs, redactor } = workspace;
  const problem = names.map((name) => problemWith(name, workspace)).find((found) => found !== null);
  if (problem !== undefined) throw new RunbookError("EVIDENCE_REFUSED", `${problem}.`);
  // What this process does not know it cannot keep out.
  learnSecrets(await host.load(store.find(run)?.root ?? run), workspace);
  const artifacts: Artifact[] = [];
  for (const name of names) {
    const bytes = redactedBytes(await readFile(fileOf(name, workspace)), redactor);
    const own = redactor.text(path.basename(fileOf(name, workspace)));
    const twin = artifacts.filter((one) => one.name.replace(/^\d+-/, "") === own).length;
    const called = twin === 0 ? own : `${twin + 1}-${own}`;
    artifacts.push({ name: called, sha256: await blobs.put(bytes), bytes: bytes.byteLength });
  }
  return artifacts;
}

/** As it is typed, or dropped into a terminal, which may quote it. */
function fileOf(typed: string, { cwd, env }: ShellEnvironment): string {
  const bare = typed.trim().replace(/^(['"])(.*)\1$/, "$2");
  return path.resolve(cwd, bare.replace(/^~(?=\/)/, home(env) ?? "~"));
}
