import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";
import type { Command } from "../../src/model/step.ts";
import type { DurableOptions, AttemptDirectories } from "../../src/process/durable.ts";
import { createRedactor } from "../../src/redact/redactor.ts";

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true });
});

export function temporary(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "runwright-process-"));
  made.push(directory);
  return directory;
}

export function places(): AttemptDirectories {
  const root = temporary();
  return { dir: path.join(root, "records"), rawDir: path.join(root, "raw") };
}

export function program(name: string): string {
  return path.resolve(import.meta.dirname, "../fixtures/programs", name);
}

export function commandOf(file: string, ...args: readonly string[]): Command {
  return { name: "run", file, args, cwd: tmpdir(), env: { PATH: process.env["PATH"] ?? "" } };
}

export function options(more: Partial<DurableOptions> = {}): DurableOptions {
  return { signal: new AbortController().signal, redactor: createRedactor(), ...more };
}

/** Resolves at the first line of output, when the program certainly runs. */
export function firstLine(): { readonly seen: Promise<string>; readonly onLine: (line: string) => void } {
  const lines = new EventEmitter();
  const seen = once(lines, "line").then(([line]) => String(line));
  return { seen, onLine: (line) => void lines.emit("line", line) };
}

/** Bundles the small engine, because Node 20 runs no TypeScript. */
export function bundleEngine(): string {
  const outfile = path.join(temporary(), "engine.mjs");
  buildSync({
    entryPoints: [program("engine.ts")],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}

export interface EngineRun {
  readonly pid: number;
  readonly ended: Promise<string>;
  readonly printed: (text: string) => Promise<void>;
}

/** Starts the small engine; `ended` gives all it printed. */
export function startEngine(
  engine: string,
  command: Command,
  where: AttemptDirectories,
  env: Readonly<Record<string, string>> = {},
): EngineRun {
  const child = spawn(process.execPath, [engine, JSON.stringify({ command, where })], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<string>((resolve) => child.once("close", () => resolve(output)));
  const printed = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => void (output.includes(text) && resolve());
      child.stdout.on("data", check);
      check();
    });
  return { pid: child.pid ?? 0, ended, printed };
}

/** Whether a process still runs; where nobody collects an orphan that has ended, its entry stays. */
export function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
