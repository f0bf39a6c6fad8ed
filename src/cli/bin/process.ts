/** The process that we are: the only place that reads it and ends it. */
import { createRedactor } from "../../redact/redactor.ts";
import { spareSdkTheHome } from "../../system/account.ts";
import { printError } from "../view/print-error.ts";
import type { Io } from "../io.ts";
import { configure } from "../config/settings.ts";

/** Prepares the process and runs `work`, whose result or error decides the exit code; `run` is for configurations that are programs. */
export async function enter(
  work: (io: Io) => Promise<number>,
  run: (file: string) => Promise<unknown>,
): Promise<void> {
  // The SDK warns about the end of Node 20 at every start; `doctor` tells that once.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  spareSdkTheHome(process.env);
  // Whatever is created belongs to this person alone.
  process.umask(0o077);
  const outputs = new Set<ProcessOutput>();
  const output = (stream: ProcessOutput): ProcessOutput => {
    if (!outputs.has(stream)) ignoreEpipe(stream);
    outputs.add(stream);
    return stream;
  };
  const io: Io = {
    // Made when they are used: stdin alone costs a short command more than its database.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return output(process.stdout);
    },
    get stderr() {
      return output(process.stderr);
    },
    env: process.env,
    cwd: process.cwd(),
    now: () => new Date(),
    redactor: createRedactor(),
  };
  const tell = (error: unknown): number => {
    const given = new Set(process.argv.slice(2));
    return printError(error, { json: given.has("--json"), debug: given.has("--debug") }, io);
  };
  // What nobody caught would be printed by node, with its secrets.
  process.on("uncaughtException", (error) => leave(tell(error), outputs));
  // Added to it: a copy would make the streams that nobody uses.
  const configured = configure({ env: process.env, cwd: io.cwd }, run).then((origins) =>
    work(Object.assign(io, { origins })),
  );
  leave(await configured.catch(tell), outputs);
}

type ProcessOutput = NodeJS.WriteStream;

/** Timers and connections of steps that were let go must not hold the process; what was written must get out first. */
function leave(code: number, outputs: Iterable<ProcessOutput>): void {
  process.exitCode = code;
  const [first, ...others] = outputs;
  if (first === undefined) process.exit(code);
  first.write("", () => leave(code, others));
}

const gone = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** A reader that goes away (`| head`) or a terminal that is closed ends the output, never the run. */
export function ignoreEpipe(output: NodeJS.WriteStream): void {
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (!gone.has(error.code ?? "")) throw error;
  });
}
