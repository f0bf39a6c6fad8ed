import { attemptsOf, type Attempt } from "../../model/attempts.ts";
import { RunbookError } from "../../model/error.ts";
import type { Artifact } from "../../model/event.ts";
import { visible } from "../../redact/visible.ts";
import type { Globals, Io } from "../io.ts";
import { openBlobs } from "../../store/blobs.ts";
import { familyOf, withRun } from "../read-store.ts";
import { printJson, printLines } from "../read-text.ts";
import { attemptsNamed } from "./show.ts";

export interface LogsArgs {
  readonly run: string;
  readonly step: string | undefined;
  /** Only the artifact of this name. */
  readonly name: string | undefined;
}

interface Kept {
  readonly attempt: Attempt;
  readonly artifact: Artifact;
}

/** Prints what attempts left as evidence: as it is into a file or a pipe, harmless on a terminal. */
export async function logs({ run, step, name }: LogsArgs, globals: Globals, io: Io): Promise<number> {
  return withRun({ globals, io, run }, async (store, row) => {
    const attempts =
      step === undefined
        ? familyOf(store, row.run).flatMap(({ events }) => attemptsOf(events))
        : attemptsNamed(row.run, store.log.events(row.run), step);
    const all = attempts.flatMap((attempt) => attempt.artifacts.map((artifact) => ({ attempt, artifact })));
    const kept = name === undefined ? all : namedOnly(all, name);
    const blobs = openBlobs(store);
    if (globals.json) printJson(io, "logs", { run: row.run, artifacts: kept.map(jsonOf) });
    else if (kept.length === 0) printLines(io, [`${row.run} has left no evidence there.`]);
    else {
      for (const { attempt, artifact } of kept) {
        // One named artifact comes out byte by byte, so that it can be compared and digested.
        if (kept.length > 1 || io.stdout.isTTY) printLines(io, [headingOf(attempt, artifact)]);
        write(io, await blobs.get(artifact.sha256), kept.length > 1);
      }
    }
    return 0;
  });
}

function namedOnly(all: readonly Kept[], name: string): readonly Kept[] {
  const found = all.filter(({ artifact }) => artifact.name === name);
  if (found.length > 0) return found;
  const known = [...new Set(all.map(({ artifact }) => artifact.name))].join(", ");
  throw new RunbookError("USAGE", `There is no artifact \`${name}\` (there are: ${known || "none"}).`, {
    hint: "Use one of the names that the message lists.",
  });
}

function headingOf({ run, step, attempt, rseq }: Attempt, { name, sha256, bytes }: Artifact): string {
  return `== ${run} ${step} attempt ${attempt}: ${name}, ${bytes} bytes, sha256 ${sha256}, event #${rseq ?? ""}`;
}

function write({ stdout }: Io, bytes: Uint8Array, apart: boolean): void {
  const text = new TextDecoder().decode(bytes);
  const shown = stdout.isTTY ? visible(text) : bytes;
  stdout.write(shown);
  if ((apart || stdout.isTTY) && !text.endsWith("\n")) stdout.write("\n");
}

function jsonOf({ attempt: { run, step, attempt, rseq }, artifact }: Kept): object {
  return { run, step, attempt, rseq, ...artifact };
}
