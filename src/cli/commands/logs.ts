import { RunbookError } from "../../model/error.ts";
import type { Artifact } from "../../model/event.ts";
import type { Kept } from "../../model/kept.ts";
import { viewOf } from "../../model/run-view.ts";
import { summarise } from "../../model/summary.ts";
import { visible } from "../../redact/visible.ts";
import type { Globals, Io } from "../io.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { RunRow, Store } from "../../store/store.ts";
import { follow } from "../../runs/follow.ts";
import { createEventStream } from "../view/event-stream.ts";
import { familyOf } from "../../runs/find-run.ts";
import { withRun } from "../record/with-run.ts";
import { printJson, printLines } from "../view/print.ts";
import { attemptsNamed } from "../record/attempts-named.ts";

export interface LogsArgs {
  readonly run: string;
  readonly step: string | undefined;
  /** Only the artifact of this name. */
  readonly name: string | undefined;
  /** Go on until the run has ended. */
  readonly follow: boolean;
  /** The events instead, as they are stored; only while following. */
  readonly jsonl: boolean;
}

interface One {
  readonly by: Kept;
  readonly artifact: Artifact;
}

/** Prints what attempts and people left as evidence: as it is into a file or a pipe, harmless on a terminal. */
export async function logs(args: LogsArgs, globals: Globals, io: Io): Promise<number> {
  if (args.jsonl && !args.follow) throw notFollowing(args.run);
  return withRun({ globals, io, run: args.run }, async (store, row) => {
    if (args.follow) return followed(store, row, args, io);
    const { step, name } = args;
    const left = step === undefined ? keptInside(store, row) : keptAt(step, store, row);
    const all = artifactsOf(left);
    const kept = name === undefined ? all : namedOnly(all, name);
    if (globals.json) printJson(io, "logs", { run: row.run, artifacts: kept.map(jsonOf) });
    else if (kept.length === 0) printLines(io, [`${row.run} has left no evidence there.`]);
    // One named artifact comes out byte by byte, so that it can be compared and digested.
    else await print(store, kept, { io, apart: kept.length > 1 });
    return 0;
  });
}

/** The same, and what is left from then on, until the run has ended. */
async function followed(store: Store, row: RunRow, args: LogsArgs, io: Io): Promise<number> {
  const { step, name, jsonl } = args;
  if (step !== undefined) requireStep(step, store, row);
  // Nothing may come for long.
  if (io.stdout.isTTY) io.stderr.write(`Following ${row.run} until it has ended; Ctrl-C leaves it alone.\n`);
  const stream = createEventStream(store, row.run, { io, isNew: true });
  let last = 0;
  await follow(store, async () => {
    // First, so that what was left just before the end is not missed.
    const isOver = store.find(row.run)?.endedAt !== null;
    if (jsonl) stream();
    else {
      const left = keptInside(store, row)
        .filter((by) => step === undefined || (by.run === row.run && by.step === step))
        .filter(({ seq }) => seq > last);
      const wanted = artifactsOf(left).filter(({ artifact }) => name === undefined || artifact.name === name);
      await print(store, wanted, { io, apart: true });
      last = left.at(-1)?.seq ?? last;
    }
    return isOver ? "over" : "more";
  });
  return 0;
}

/** What a run and its child runs left, in the order in which it was recorded. */
function keptInside(store: Store, { run }: RunRow): readonly Kept[] {
  const left = familyOf(store, run).flatMap(({ events }) => viewOf(events).kept);
  return left.toSorted((one, other) => one.seq - other.seq);
}

function artifactsOf(left: readonly Kept[]): readonly One[] {
  return left.flatMap((by) => by.artifacts.map((artifact) => ({ by, artifact })));
}

async function print(
  store: Store,
  kept: readonly One[],
  { io, apart }: { readonly io: Io; readonly apart: boolean },
): Promise<void> {
  const blobs = openBlobs(store);
  for (const { by, artifact } of kept) {
    if (apart || io.stdout.isTTY) printLines(io, [headingOf(by, artifact)]);
    write(io, await blobs.get(artifact.sha256), apart);
  }
}

function notFollowing(run: string): RunbookError {
  return new RunbookError("USAGE", "`--jsonl` prints events as they come, so it goes with `--follow`.", {
    hint: `Those that there are: runwright timeline ${run} --jsonl`,
  });
}

/** A step that the run lists may still come; for any other, throws naming those that there are. */
function requireStep(step: string, store: Store, { run }: RunRow): void {
  const events = store.log.events(run);
  const { start } = summarise(events);
  if (!start.steps.some((listed) => listed.step === step)) keptAt(step, store, { run });
}

/** Throws naming the steps that there are, when it is none of them. */
function keptAt(step: string, store: Store, { run }: Pick<RunRow, "run">): readonly Kept[] {
  const events = store.log.events(run);
  const kept = viewOf(events).kept.filter((one) => one.step === step);
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
