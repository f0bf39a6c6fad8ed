import type { Policy } from "../../engine/policy.ts";
import { attend } from "../../runs/attend.ts";
import { summaryOf } from "../../runs/find-run.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { openRecording } from "../../store/recordings.ts";
import type { Globals, Io, RunView } from "../io.ts";
import { createInterrupts } from "../terminal/interrupts.ts";
import { createRecorder, type Recorder } from "../terminal/recorder.ts";
import { createEventStream, createQuietView } from "../view/event-stream.ts";
import { createTerminalView } from "../view/terminal-view.ts";
import type { DriveFlags } from "./drive-flags.ts";
import { operatorFor, type PracticeAnswers } from "./choose-operator.ts";
import { printDriveEnd } from "./drive-end.ts";
import type { OpenedWorkspace } from "./with-workspace.ts";

export interface ShownDrive extends DriveFlags, OpenedWorkspace {
  readonly id: string;
  readonly answers: PracticeAnswers;
  /** Where the run is taken up again; null for one that was just started. */
  readonly resumed: string | null;
}

/** Drives a run while it is shown, recorded and asked about here; returns the exit code. */
export async function driveShown(args: ShownDrive, globals: Globals, io: Io): Promise<number> {
  const { id, workspace, resumed } = args;
  const { store } = workspace;
  const policy = policyOf(args.approves, io);
  const { recorder, view } = screenFor(args, policy, { globals, io });
  args.show(view);
  const onNews = args.jsonl ? createEventStream(store, id, { io, isNew: resumed === null }) : () => {};
  const interrupts = createInterrupts(io, view.note);
  const operator = await operatorFor({ ...args, view, interrupts }, globals, io);
  let code: number | null = null;
  try {
    const end = await attend(workspace, id, {
      operator,
      actor: operator?.actor ?? actorAtKeyboard(io),
      policy,
      resumed,
      stop: interrupts.signal,
      wait: args.wait && !args.auto,
      onEvents: (events, summaries) => {
        view.events(events, summaries);
        onNews();
      },
    });
    view.close();
    onNews();
    const finished = { store, id, view, quiet: args.quiet, interruptCode: interrupts.exitCode };
    code = printDriveEnd(end, finished, globals, io);
    return code;
  } finally {
    interrupts.dispose();
    recorder.close(code);
  }
}

/** What the person said in advance, recorded as said by them, but not as if they had seen what they approve. */
function policyOf(approves: Policy["approves"], io: Io): Policy | undefined {
  return approves.length === 0 ? undefined : { approves, actor: { ...actorAtKeyboard(io), kind: "policy" } };
}

function screenFor(
  { id, workspace, verbose, quiet, attention, jsonl }: ShownDrive,
  policy: Policy | undefined,
  { globals, io }: { readonly globals: Globals; readonly io: Io },
): { readonly recorder: Recorder; readonly view: RunView } {
  // With --json stdout is for the one document at the end, with --jsonl for the events.
  const screen = globals.json || jsonl ? { ...io, stdout: io.stderr } : io;
  const recorder = createRecorder(screen, {
    title: `${id} ${summaryOf(workspace.store, id).start.runbook.id}`,
    redactor: workspace.redactor,
    open: () => openRecording(workspace.store, id),
    onFailure: (why) => void io.stderr.write(`The terminal is not recorded: ${why}\n`),
  });
  // What a gate says of its time is judged by the record's clock.
  const recorded = { ...screen, now: workspace.now, stdout: recorder.stdout };
  const options = { color: globals.color, run: id, verbose, attention, policy };
  const view = quiet
    ? createQuietView((line) => void io.stderr.write(`${line}\n`))
    : createTerminalView(recorded, options);
  return { recorder, view };
}
