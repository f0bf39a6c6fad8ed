import type { Artifact } from "../../model/event.ts";
import type { EventEvidence } from "../../model/event-evidence.ts";
import { visible } from "../../redact/visible.ts";
import type { EvidenceFile } from "../record/evidence-of-run.ts";
import type { Io } from "../io.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { Store } from "../../store/store.ts";
import { printLines } from "./print.ts";

/** Prints artifacts as they are; on a terminal harmless, and each under a heading where they have to be told apart. */
export async function print(
  store: Store,
  kept: readonly EvidenceFile[],
  { io, apart }: { readonly io: Io; readonly apart: boolean },
): Promise<void> {
  const blobs = openBlobs(store);
  for (const { by, artifact } of kept) {
    if (apart || io.stdout.isTTY) printLines(io, [headingOf(by, artifact)]);
    write(io, await blobs.get(artifact.sha256), apart);
  }
}

function headingOf({ run, step, attempt, rseq }: EventEvidence, { name, sha256, bytes }: Artifact): string {
  const by = attempt === null ? "attached by a person" : `attempt ${attempt}`;
  return `== ${run} ${step} ${by}: ${name}, ${bytes} bytes, sha256 ${sha256}, event #${rseq}`;
}

function write({ stdout }: Io, bytes: Uint8Array, apart: boolean): void {
  const text = new TextDecoder().decode(bytes);
  const shown = stdout.isTTY ? visible(text) : bytes;
  stdout.write(shown);
  if ((apart || stdout.isTTY) && !text.endsWith("\n")) stdout.write("\n");
}

/** An artifact and who left it, as data. */
export function jsonOf({ by: { run, step, attempt, rseq }, artifact }: EvidenceFile): object {
  return { run, step, attempt, rseq, ...artifact };
}
