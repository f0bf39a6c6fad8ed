/** The command line: reads arguments, calls one command, and turns what it throws into a message and an exit code. */
import { enter } from "./process.ts";
import { createProgram } from "../program/program.ts";

void enter(async (io) => {
  let code = 0;
  const program = createProgram({
    io,
    finish: (result) => {
      code = result;
    },
  });
  await program.parse(process.argv);
  return code;
}, runConfig);

async function runConfig(file: string): Promise<unknown> {
  const { configOf } = await import("../config/config-file.ts");
  return configOf(file, { env: process.env });
}
