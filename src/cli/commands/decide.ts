import { decide as judge, type Decision } from "../../engine/decide.ts";
import { RunbookError } from "../../model/error.ts";
import { attachedTo } from "../../model/kept.ts";
import { toJson, type JsonObject } from "../../model/json.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import { attach } from "../../runs/attach-files.ts";
import type { Globals, Io } from "../io.ts";
import { printJsonLine } from "../view/print.ts";
import { openSession, operatorOf } from "../../runs/session.ts";
import { quote } from "../view/shell.ts";
import { utcStamp } from "../view/times.ts";

export interface DecideArgs {
  readonly run: string;
  readonly gate: string | null;
  /** At least 8 digits of the digest that the person saw. */
  readonly sha: string;
  readonly decision: Decision;
  /** Files that show it. */
  readonly evidence: readonly string[];
}

/** Records a decision; the engine that drives the run goes on by itself, else `resume` does. */
export async function decide(args: DecideArgs, globals: Globals, io: Io): Promise<number> {
  if (args.sha.length < 8) {
    throw new RunbookError(
      "USAGE",
      `\`--sha ${args.sha}\` is too short: give at least 8 digits of the digest.`,
      {
        hint: `See it with: runwright status ${normaliseRunId(args.run)}`,
      },
    );
  }
  const session = openSession(globals, io);
  try {
    const named = normaliseRunId(args.run);
    const run = runWithGate(session, named, args.gate);
    const { gate, sha } = args;
    const deciding = { run, gate, digest: sha, decision: args.decision, actor: operatorOf(io) };
    // An answer that is not taken leaves no files behind.
    if (args.evidence.length > 0) judge(session.store.log.events(run), deciding, io.now());
    const artifacts = await attach(args.evidence, { session, run, io });
    const event = session.decide({ ...deciding, decision: { ...args.decision, artifacts } });
    const root = session.store.find(run)?.root ?? run;
    const lease = session.store.leases.find(root);
    const isDriven = lease !== undefined && lease.expiresAt > io.now();
    const next = isDriven ? `runwright status ${root}` : `runwright resume ${root}`;
    if (globals.json) {
      const { type, at, seq, data } = event;
      printJsonLine(io, { schema: "runwright.dev/decision/v1", run, type, at, seq, data, artifacts, next });
    } else {
      io.stdout.write(
        `Recorded: ${event.type} by ${event.actor.id} (event ${event.seq})${attachedTo(event)}.\n`,
      );
      if (event.type === "approval.granted" && event.data.useBy !== null && !isDriven)
        io.stdout.write(usableLine(run, event.data.gate, event.data.useBy));
      io.stdout.write(isDriven ? `The run goes on.   watch:  ${next}\n` : `Go on with:  ${next}\n`);
    }
    return 0;
  } finally {
    session.close();
  }
}

/** An approval that no engine waits for is kept for a while, and can still be taken back. */
function usableLine(run: string, gate: string, useBy: string): string {
  const revoke = `runwright revoke ${run} ${quote(gate)} --reason "..."`;
  return `Usable until ${utcStamp(useBy)}.   take back:  ${revoke}\n`;
}

/** A gate of a child run may be named by the root's id: the person knows only that one. */
function runWithGate(session: ReturnType<typeof openSession>, run: string, gate: string | null): string {
  const row = session.store.find(run);
  if (row === undefined)
    throw new RunbookError("RUN_UNKNOWN", `There is no run ${run} in \`${session.store.file}\`.`);
  const matches = session.store
    .family(row.root)
    .filter((member) => member.run === run || row.parent === null)
    .filter((member) =>
      session
        .summary(member.run)
        .gates.some((open) => gate === null || open.gate === gate || open.step === gate),
    );
  const [only] = matches;
  return only !== undefined && matches.length === 1 ? only.run : run;
}

export function parseValues(pairs: readonly string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new RunbookError("USAGE", "`--value` takes `name=value`.");
      return [pair.slice(0, at), jsonOrText(pair.slice(at + 1))];
    }),
  );
}

export function parseOutput(text: string | undefined): JsonObject[string] {
  return text === undefined ? null : jsonOrText(text);
}

function jsonOrText(text: string): JsonObject[string] {
  try {
    return toJson(JSON.parse(text));
  } catch {
    return text;
  }
}
