import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { findTool } from "../../host/tools.ts";
import { RunbookError } from "../../model/error.ts";
import { loadRunbook, packageRoot, type LoadedRunbook } from "../../loader/load.ts";
import { factsOf } from "../../practice/facts.ts";
import type { Practice } from "../../practice/practice.ts";
import { incidentTroubles, type Trouble } from "../../practice/world/troubles.ts";
import { addFaults, copyTerraform, startWorldProcess, stopWorld } from "../../practice/worlds.ts";
import { childEnvironment } from "../../process/environment.ts";
import { runQuick } from "../../process/run-quick.ts";
import { privateDirectory } from "../../store/blobs.ts";
import type { RawInputs } from "../../runs/inputs.ts";
import type { Globals, Io } from "../io.ts";
import { databaseFile } from "../../runs/store-options.ts";
import { keyVariable, practiceEnvironment, worldFile } from "../practice/environment.ts";
import { checkInputs, practiceInputs, practiceOf } from "../practice/declared.ts";
import { reportText } from "./report.ts";
import { run, type Attendance, type RunArgs } from "./run.ts";

export interface PracticeArgs extends Attendance, Pick<RunArgs, "input"> {
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
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: RawInputs;
}

/** Starts a world, breaks it as the runbook's practice says, and runs the runbook on it. */
export async function practice(args: PracticeArgs, globals: Globals, io: Io): Promise<number> {
  const begun = await begin(args, io);
  let isRecorded = false;
  const onBegin = (): void => {
    isRecorded = true;
  };
  try {
    const place = await setUp(begun, args, globals, io);
    if (args.serve) return await serve(place, args, globals, io);
    return await practise(place, { ...args, onBegin }, globals, io);
  } catch (error) {
    // Nobody would come back to it.
    if (!isRecorded) await stopWorld(begun.url);
    throw error;
  }
}

interface Begun {
  readonly url: string;
  readonly loaded: LoadedRunbook;
  readonly declared: Practice | undefined;
  readonly wrong: readonly Trouble[];
}

async function begin({ runbook, speed }: PracticeArgs, io: Io): Promise<Begun> {
  const loaded = await loadRunbook(runbook, io);
  const declared = await practiceOf(loaded.file, io);
  const { wrong = [] } = declared ?? { wrong: incidentTroubles };
  const { url } = await startWorldProcess({ program: worldFile(), speed, wrong, env: { ...io.env } });
  return { url, loaded, declared, wrong };
}

async function practise(
  { url, env, inputs }: Place,
  args: PracticeArgs & Pick<RunArgs, "onBegin">,
  globals: Globals,
  io: Io,
): Promise<number> {
  Object.assign(io.env, env);
  const tool = args.terraform === "real" ? "the real terraform" : "the stand-in for terraform";
  io.stderr.write(`Practice: simulated AWS at ${url},\n${args.speed} times as fast, with ${tool}.\n`);
  const onEnd = (id: string): Promise<void> => tellReport(id, globals, io);
  const code = await run({ ...args, input: inputs, onEnd }, globals, io);
  const isOver = code === 0 || code === 1 || code === 3;
  if (isOver && !args.keep) await stopWorld(url);
  else
    io.stderr.write(
      `The practice world goes on at ${url};\nit ends when nobody asks it anything for an hour.\n`,
    );
  return code;
}

async function setUp(
  { url, loaded, declared, wrong }: Begun,
  args: PracticeArgs,
  globals: Globals,
  io: Io,
): Promise<Place> {
  const own = path.join(
    privateDirectory({ file: databaseFile(globals, io) }),
    "practice",
    randomUUID().slice(0, 8),
  );
  const dir = await copyTerraform(path.join(packageRoot(), "practice", "terraform"), own, wrong);
  const facts = factsOf({ url, dir, keyVariable });
  const inputs = practiceInputs(declared, facts, args.input);
  checkInputs(loaded, inputs, facts);
  const env = practiceEnvironment(url, { terraform: args.terraform });
  if (declared?.initialised === true) await initialise(dir, { ...io.env, ...env });
  await addFaults(url, declared?.faults ?? []);
  return { url, env, inputs };
}

async function initialise(dir: string, env: Io["env"]): Promise<void> {
  const options = { cwd: dir, env: childEnvironment(env), timeoutMs: 120_000 };
  const { exitCode, stderr } = await runQuick(
    await findTool("terraform", env),
    ["init", "-input=false"],
    options,
  );
  if (exitCode !== 0)
    throw new RunbookError(
      "TERRAFORM_FAILED",
      `\`terraform init\` failed in the practice world: ${stderr.trim()}`,
    );
}

/** Serves until it is told to stop. */
async function serve(
  { url, env, inputs }: Place,
  { runbook }: PracticeArgs,
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

async function tellReport(id: string, globals: Globals, io: Io): Promise<void> {
  const dir = path.join(privateDirectory({ file: databaseFile(globals, io) }), "reports");
  const file = path.join(dir, `${id}.md`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(file, await reportText(id, globals, io), { mode: 0o600 });
  io.stderr.write(`Report: ${path.relative(io.cwd, file)}\n`);
}

function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
