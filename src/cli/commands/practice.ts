import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { stopWorld } from "../../practice/worlds.ts";
import { databaseFile } from "../../runs/store-options.ts";
import { privateDirectory } from "../../store/blobs.ts";
import { startAndDrive, type StartArgs } from "../drive/start-and-drive.ts";
import type { Globals, Io } from "../io.ts";
import { serveWorld } from "../practice/serve.ts";
import { beginWorld, setUpWorld, type PreparedWorld } from "../practice/world.ts";
import { placeOf } from "../record/record-place.ts";
import { reportText } from "../record/report-record.ts";

export interface PracticeArgs extends StartArgs {
  readonly terraform: "real" | "stand-in";
  readonly speed: number;
  /** Leave the world there when the run has ended. */
  readonly keep: boolean;
  /** Only serve the world. */
  readonly serve: boolean;
}

/** Starts a world, breaks it as the runbook's practice says, and runs the runbook on it. */
export async function practice(args: PracticeArgs, globals: Globals, io: Io): Promise<number> {
  const begun = await beginWorld(args, io);
  let isRecorded = false;
  const onBegin = (): void => {
    isRecorded = true;
  };
  try {
    const world = await setUpWorld(begun, args, globals, io);
    if (args.serve) return await serveWorld(world, args.runbook, globals, io);
    return await practise(world, { ...args, onBegin }, globals, io);
  } catch (error) {
    // Nobody would come back to it.
    if (!isRecorded) await stopWorld(begun.url);
    throw error;
  }
}

async function practise(
  { url, env, inputs }: PreparedWorld,
  args: PracticeArgs,
  globals: Globals,
  io: Io,
): Promise<number> {
  Object.assign(io.env, env);
  const tool = args.terraform === "real" ? "the real terraform" : "the stand-in for terraform";
  io.stderr.write(`Practice: simulated AWS at ${url},\n${args.speed} times as fast, with ${tool}.\n`);
  const onEnd = (id: string): Promise<void> => printReport(id, globals, io);
  const code = await startAndDrive({ ...args, input: inputs, onEnd }, globals, io);
  const isOver = code === 0 || code === 1 || code === 3;
  if (isOver && !args.keep) await stopWorld(url);
  else
    io.stderr.write(
      `The practice world stays at ${url};\nit ends when nobody asks it anything for an hour.\n`,
    );
  return code;
}

async function printReport(id: string, globals: Globals, io: Io): Promise<void> {
  const dir = path.join(privateDirectory({ file: databaseFile(placeOf(globals, io)) }), "reports");
  const file = path.join(dir, `${id}.md`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(file, await reportText({ run: id, replay: undefined }, globals, io), { mode: 0o600 });
  io.stderr.write(`Report: ${path.relative(io.cwd, file)}\n`);
}
