/** The process that we are: the only place that reads it and ends it. */
import { createRedactor } from "../redact/redactor.ts";
import { printError } from "./errors.ts";
import type { Io } from "./io.ts";
import { configure } from "./settings.ts";
import { ignoreEpipe } from "./view/epipe.ts";

/** Prepares the process and runs `work`, whose result or error decides the exit code; `run` is for configurations that are programs. */
export async function enter(
  work: (io: Io) => Promise<number>,
  run: (file: string) => Promise<unknown>,
): Promise<void> {
  // The SDK warns about the end of Node 20 at every start; `doctor` tells that once.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  // Whatever is created belongs to this person alone.
  process.umask(0o077);
  const { stdin, stdout, stderr, env } = process;
  const redactor = createRedactor();
  const io: Io = { stdin, stdout, stderr, env, cwd: process.cwd(), now: () => new Date(), redactor };
  ignoreEpipe(io);
  const tell = (error: unknown): number => {
    const given = new Set(process.argv.slice(2));
    return printError(error, { json: given.has("--json"), debug: given.has("--debug") }, io);
  };
  // What nobody caught would be printed by node, with its secrets.
  process.on("uncaughtException", (error) => leave(tell(error)));
  const configured = configure({ env, cwd: io.cwd }, run).then((origins) => work({ ...io, origins }));
  leave(await configured.catch(tell));
}

/** Timers and connections of steps that were let go must not hold the process; what was written must get out first. */
function leave(code: number): void {
  process.exitCode = code;
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}
