import { RunbookError } from "../../model/error.ts";
import type { Artifact, RunEvent } from "../../model/event.ts";
import { keptIn, type Kept } from "../../model/kept.ts";
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

interface One {
  readonly by: Kept;
  readonly artifact: Artifact;
}

/** Prints what attempts and people left as evidence: as it is into a file or a pipe, harmless on a terminal. */
export async function logs({ run, step, name }: LogsArgs, globals: Globals, io: Io): Promise<number> {
  return withRun({ globals, io, run }, async (store, row) => {
    const left =
      step === undefined
        ? familyOf(store, row.run).flatMap(({ events }) => keptIn(events))
        : keptAt(step, row.run, store.log.events(row.run));
    const all = left.flatMap((by) => by.artifacts.map((artifact) => ({ by, artifact })));
    const kept = name === undefined ? all : namedOnly(all, name);
    const blobs = openBlobs(store);
    if (globals.json) printJson(io, "logs", { run: row.run, artifacts: kept.map(jsonOf) });
    else if (kept.length === 0) printLines(io, [`${row.run} has left no evidence there.`]);
    else {
      for (const { by, artifact } of kept) {
        // One named artifact comes out byte by byte, so that it can be compared and digested.
        if (kept.length > 1 || io.stdout.isTTY) printLines(io, [headingOf(by, artifact)]);
        write(io, await blobs.get(artifact.sha256), kept.length > 1);
      }
    }
    return 0;
  });
}

/** Throws naming the steps that there are, when it is none of them. */
function keptAt(step: string, run: string, events: readonly RunEvent[]): readonly Kept[] {
  const kept = keptIn(events).filter((one) => one.step === step);
  if (kept.length === 0) attemptsNamed(run, events, step);
  return kept;
}

function namedOnly(all: readonly One[], name: string): readonly One[] {
  const found = all.filter(({ artifact }) => artifact.name === name);
  if (found.length > 0) return found;
  const known = [...new Set(all.map(({ artifact }) => artifact.name))].join(", ");
  throw new RunbookError("USAGE", `There is no artifact \`${name}\` (there are: ${known || "none"}).`, {
    hint: "Use one of the names that the message lists.",
  });
}

function headingOf({ run, step, attempt, rseq }: Kept, { name, sha256, bytes }: Artifact): string {
  const by = attempt === null ? "attached by a person" : `attempt ${attempt}`;
  return `== ${run} ${step} ${by}: ${name}, ${bytes} bytes, sha256 ${sha256}, event #${rseq}`;
}

function write({ stdout }: Io, bytes: Uint8Array, apart: boolean): void {
  const text = new TextDecoder().decode(bytes);
  const shown = stdout.isTTY ? visible(text) : bytes;
  stdout.write(shown);
  if ((apart || stdout.isTTY) && !text.endsWith("\n")) stdout.write("\n");
}

function jsonOf({ by: { run, step, attempt, rseq }, artifact }: One): object {
  return { run, step, attempt, rseq, ...artifact };
}
