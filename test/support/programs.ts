import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";

/** Bundles a small program of a test, because Node 20 runs no TypeScript; returns the file to run. */
export function bundled(name: string, source: string): string {
  // Inside of the project, so that the packages that are not bundled are found.
  const dir = path.resolve("node_modules/.cache/runwright/programs");
  mkdirSync(dir, { recursive: true });
  const outfile = path.join(dir, `${name}-${process.pid}.mjs`);
  buildSync({
    stdin: { contents: source, resolveDir: path.resolve("src"), loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
    external: ["better-sqlite3", "xstate", "zod", "execa", "@aws-sdk/*"],
  });
  return outfile;
}

/** Writes a source with one line changed, for a test that must notice it; the rest of src is imported as it is. */
export function mutated(source: string, change: (text: string) => string, name: string): string {
  const changed = change(source);
  if (changed === source) throw new Error("The change does not fit the source any more.");
  return bundled(name, changed);
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function runProgram(file: string, args: readonly string[]): Promise<Ended> {
  return ended(spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "pipe"] }));
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout: out.join(""), stderr: err.join("") };
}
