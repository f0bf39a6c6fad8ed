import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { packageRoot } from "../../loader/load.ts";
import { RunbookError } from "../../model/error.ts";
import { practiceInputs } from "../../practice/inputs.ts";
import { privateDirectory } from "../../store/blobs.ts";
import { copyTerraform, startWorldProcess, stopWorld } from "../../practice/worlds.ts";
import type { Globals, Io } from "../io.ts";
import { storeOptions } from "../paths.ts";
import { keyVariable, practiceEnvironment, worldFile } from "../practice-environment.ts";
import { reportText } from "./report.ts";
import { run, type Attendance } from "./run.ts";

/** The runbooks that the practice world has an incident for. */
const practised = ["missing-secret"];

export interface PracticeArgs extends Attendance {
  readonly runbook: string;
  readonly terraform: "real" | "stand-in";
  readonly speed: number;
  /** Leave the world there when the run has ended. */
  readonly keep: boolean;
  /** Only serve the world. */
  readonly serve: boolean;
}

interface Place {
  readonly url: string;
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: readonly string[];
}

/** Starts a world, breaks it as in the incident, and runs the runbook on it. */
export async function practice(args: PracticeArgs, globals: Globals, io: Io): Promise<number> {
  if (!practised.includes(args.runbook)) {
    throw new RunbookError(
      "RUNBOOK_UNKNOWN",
      `There is no practice for \`${args.runbook}\` (there is: ${practised.join(", ")}).`,
    );
  }
  const world = await startWorldProcess({ program: worldFile(), speed: args.speed, env: { ...io.env } });
  const place = await setUp(world.url, args, globals, io);
  if (args.serve) return serve(place, globals, io);
  Object.assign(io.env, place.env);
  const tool = args.terraform === "real" ? "the real terraform" : "the stand-in for terraform";
  io.stderr.write(`Practice: simulated AWS at ${place.url},\n${args.speed} times as fast, with ${tool}.\n`);
  const raw = place.inputs.filter((word) => word !== "--input");
  const code = await run(
    {
      ...args,
      input: raw,
      onEnd: (id) => tellReport(id, globals, io),
    },
    globals,
    io,
  );
  const isOver = code === 0 || code === 1 || code === 3;
  if (isOver && !args.keep) await stopWorld(place.url);
  else
    io.stderr.write(
      `The practice world goes on at ${place.url};\nit ends when nobody asks it anything for an hour.\n`,
    );
  return code;
}

async function setUp(url: string, args: PracticeArgs, globals: Globals, io: Io): Promise<Place> {
  const own = path.join(privateDirectory(storeOptions(globals, io)), "practice", randomUUID().slice(0, 8));
  const dir = await copyTerraform(path.join(packageRoot(), "practice", "terraform"), own);
  const env = practiceEnvironment(url, { terraform: args.terraform });
  return { url, dir, env, inputs: practiceInputs({ url, dir, keyVariable }) };
}

/** Serves until it is told to stop. */
async function serve({ url, env, inputs }: Place, globals: Globals, io: Io): Promise<number> {
  const words = ["run", "missing-secret", ...inputs, "--auto"];
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

async function tellReport(id: string, globals: Globals, io: Io): Promise<void> {
  const dir = path.join(privateDirectory(storeOptions(globals, io)), "reports");
  const file = path.join(dir, `${id}.md`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(file, await reportText(id, globals, io), { mode: 0o600 });
  io.stderr.write(`Report: ${path.relative(io.cwd, file)}\n`);
}

function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
