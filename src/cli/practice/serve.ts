import { once } from "node:events";
import { stopWorld } from "../../practice/worlds.ts";
import type { Globals, Io } from "../io.ts";
import type { PreparedWorld } from "./world.ts";

/** Serves until it is told to stop. */
export async function serveWorld(
  { url, env, inputs }: PreparedWorld,
  runbook: string,
  globals: Globals,
  io: Io,
): Promise<number> {
  const words = ["run", runbook, ...inputs.flatMap((input) => ["--input", input]), "--auto"];
  if (globals.json) io.stdout.write(`${JSON.stringify({ url, env, run: words })}\n`);
  else {
    io.stdout.write(`The practice world serves at ${url} until Ctrl-C. In another terminal:\n\n`);
    for (const [name, value] of Object.entries(env)) io.stdout.write(`  export ${name}=${quoted(value)}\n`);
    io.stdout.write(`\n  runwright ${words.map(quoted).join(" ")}\n\nWithout --auto you are the operator.\n`);
  }
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  // Keeps the process alive; the world is a process of its own.
  const heart = setInterval(() => {}, 60_000);
  await once(stop.signal, "abort");
  clearInterval(heart);
  await stopWorld(url);
  return 0;
}

function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
