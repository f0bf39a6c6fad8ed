import { type Arguments, parseArguments, refuseUnknownFlags } from "./terminal/arguments.ts";
import { apply } from "./commands/apply.ts";
import { forceUnlock } from "./commands/force-unlock.ts";
import { init } from "./commands/init.ts";
import { plan } from "./commands/plan.ts";
import { show, validate, version } from "./commands/show.ts";
import { output, stateList, statePull, statePush, workspaceShow } from "./commands/state.ts";
import { taint, untaint } from "./commands/taint.ts";
import { Failure, PlainFailure } from "./terminal/diagnostic.ts";
import { listenForInterrupts } from "./terminal/interrupts.ts";
import type { Session } from "./state/session.ts";
import { humanView, jsonView, type Streams, versionEvent, type View } from "./terminal/view.ts";

const commands: Readonly<Record<string, (session: Session) => Promise<number>>> = {
  version,
  init,
  validate,
  plan,
  apply,
  show,
  taint,
  untaint,
  "force-unlock": forceUnlock,
  output,
  "state pull": statePull,
  "state list": stateList,
  "state push": statePush,
  "workspace show": workspaceShow,
};

/** The commands whose `-json` is a stream of lines rather than one value. */
const streaming = new Set(["init", "plan", "apply"]);

export interface Process {
  readonly argv: readonly string[];
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly streams: Streams;
  readonly exit: (code: number) => void;
}

/** Runs one command line and returns its exit code. */
export async function run({ argv, dir, env, streams, exit }: Process): Promise<number> {
  const args = parseArguments(argv);
  const command = commands[args.command];
  if (command === undefined) {
    streams.err(`Terraform has no command named ${JSON.stringify(args.command)} that the stand-in knows.\n`);
    return 1;
  }
  const view = chooseView(args, streams);
  try {
    if (view.json) versionEvent(view);
    refuseUnknownFlags(args.command, argv);
    return await command({ args, dir, env, streams, view, interrupts: listenForInterrupts(view, exit) });
  } catch (cause) {
    if (cause instanceof Failure) cause.diagnostics.forEach((diagnostic) => view.diagnostic(diagnostic));
    else if (cause instanceof PlainFailure) streams.err(`${cause.message}\n`);
    else throw cause;
    return 1;
  }
}

function chooseView(args: Arguments, streams: Streams): View {
  if (args.has("json") && streaming.has(args.command)) return jsonView(streams);
  return humanView(streams, args.has("no-color") ? "plain" : "colour");
}
