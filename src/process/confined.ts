/**
 * Runs a program of ours over somebody else's code, with what a process can do taken away before that code is read. The
 * adversary wrote the code: it may loop, eat memory, or look for files, a network and other programs.
 *
 * Two locks that do not rest on each other: Node's permission model, and the kernel's limit on open files. That limit is
 * set to none once the program has loaded itself: whatever the code gets hold of, the kernel gives it no further
 * descriptor, so no file, no connection, no process. Where the kernel's lock is not to be had, nothing is run.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

export interface ConfinedProgram {
  /** One CommonJS file that needs no other. It says `ready`, is told `go`, and then says its answer on one line. */
  readonly program: string;
  /** What it is given before it is ready, on one line. */
  readonly input: string;
  readonly timeoutMs: number;
  readonly memoryMiB: number;
}

/** How it went. Of `unconfined` programs nothing of the input was looked at. */
export type ConfinedEnd =
  | { readonly type: "answered"; readonly text: string }
  | { readonly type: "silent"; readonly why: string }
  | { readonly type: "unconfined"; readonly why: string };

/** More is no answer; a text of this size can still be one. */
const mostAnswer = 256 * 2 ** 20;
/** For what Node itself needs beside the heap. */
const besideHeapMiB = 256;

export async function runConfined({
  program,
  input,
  timeoutMs,
  memoryMiB,
}: ConfinedProgram): Promise<ConfinedEnd> {
  const child = spawn(
    process.execPath,
    [...permissions(program), `--max-old-space-size=${memoryMiB}`, program],
    { cwd: "/", env: ownEnvironment(), stdio: ["pipe", "pipe", "ignore"] },
  );
  const reader = readAnswer(child);
  // Ended with the program: what it does not read is nobody's error.
  child.stdin.on("error", () => {});
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  try {
    child.stdin.write(`${input}\n`);
    const isReady = await Promise.race([reader.ready, ended.then(() => false)]);
    if (isReady) {
      const fault = await lock(child, { timeoutMs, memoryMiB });
      if (fault !== null) return { type: "unconfined", why: fault };
      child.stdin.end("go\n");
    }
    const [code, signal] = await ended;
    if (!isReady && !isLate) return { type: "unconfined", why: `it did not start (${code ?? signal})` };
    if (isLate) return { type: "silent", why: `it gave no answer within ${Math.ceil(timeoutMs / 1_000)} s` };
    if (reader.isTooLong()) return { type: "silent", why: "what it said has no end" };
    if (code !== 0) return { type: "silent", why: `it ended with ${code ?? signal} instead of an answer` };
    return { type: "answered", text: reader.text() };
  } catch (error) {
    return { type: "unconfined", why: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

/** It may read itself. Node 20 knows the model by an older name. */
function permissions(program: string): readonly string[] {
  const isNamed = process.allowedNodeEnvironmentFlags.has("--permission");
  return [isNamed ? "--permission" : "--experimental-permission", `--allow-fs-read=${program}`];
}

/** No variable of ours: only in which zone and language times are written. */
function ownEnvironment(): Readonly<Record<string, string>> {
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  return { TZ: timeZone, LANG: `${locale.replaceAll("-", "_")}.UTF-8` };
}

/** Takes away further descriptors, memory and time; says why it cannot. */
async function lock(
  { pid }: ChildProcess,
  { timeoutMs, memoryMiB }: Pick<ConfinedProgram, "timeoutMs" | "memoryMiB">,
): Promise<string | null> {
  const limits = [
    "--nofile=0:0",
    "--fsize=0:0",
    "--core=0:0",
    `--data=${(memoryMiB + besideHeapMiB) * 2 ** 20}`,
    // Should we be killed, it does not go on for ever.
    `--cpu=${Math.ceil(timeoutMs / 1_000) + 1}`,
  ];
  try {
    await promisify(execFile)("prlimit", ["--pid", String(pid), ...limits], { timeout: timeoutMs });
    return null;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return isMissing ? "there is no `prlimit` here" : `\`prlimit\` failed: ${String(error)}`;
  }
}

interface AnswerReader {
  /** Settles when the program says that it has loaded itself; with false for anything else. */
  readonly ready: Promise<boolean>;
  readonly isTooLong: () => boolean;
  /** What it said after that. */
  readonly text: () => string;
}

const readyLine = Buffer.from("ready\n");

function readAnswer(child: ChildProcess): AnswerReader {
  const chunks: Buffer[] = [];
  let size = 0;
  const ready = new Promise<boolean>((resolve) => {
    child.on("error", () => resolve(false));
    child.stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      // What is too long is not kept either.
      if (size > mostAnswer) child.kill("SIGKILL");
      else chunks.push(chunk);
      if (size >= readyLine.length && chunks.length < 8)
        resolve(Buffer.concat(chunks).subarray(0, readyLine.length).equals(readyLine));
    });
  });
  return {
    ready,
    isTooLong: () => size > mostAnswer,
    text: () => Buffer.concat(chunks).subarray(readyLine.length).toString(),
  };
}
