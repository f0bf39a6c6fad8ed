#!/usr/bin/env node
/** The command line: reads arguments, calls one command, and turns what it throws into a message and an exit code. */
import { printError } from "./errors.ts";
import type { Io } from "./io.ts";
import { createProgram } from "./program.ts";

// The SDK warns about the end of Node 20 on every start; `doctor` tells that once.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
// Whatever is created belongs to this person alone.
process.umask(0o077);

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  now: () => new Date(),
};

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

let code = 0;
const program = createProgram({
  io,
  finish: (result) => {
    code = result;
  },
});

try {
  await program.parse(process.argv);
} catch (error) {
  const given = new Set(process.argv.slice(2));
  code = printError(error, { json: given.has("--json"), debug: given.has("--debug") }, io);
}
// Timers and connections of steps that were let go must not hold the process; what was written must get out first.
process.exitCode = code;
io.stdout.write("", () => io.stderr.write("", () => process.exit(code)));
