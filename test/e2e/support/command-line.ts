/** One command at a time, with an environment and an input of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cli, type Place } from "./place.ts";

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  /** Over the place's own; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What is typed ahead on a stdin that is no terminal; without it there is none. */
  readonly input?: string;
  /** As a shell's `umask`. */
  readonly umask?: string;
}

/** Runs `runwright` with these words to its end. */
export async function runwright(
  place: Pick<Place, "dir" | "env">,
  words: readonly string[],
  { env, cwd = place.dir, input, umask = "022" }: Around = {},
): Promise<Said> {
  const script = `umask ${umask}; exec "$@"`;
  const child = spawn("/bin/sh", ["-c", script, "sh", process.execPath, cli, ...words], {
    cwd,
    env: { ...place.env, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  // A command that does not read its input has closed it: that is no failure of the test.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  const [code] = await once(child, "close");
  return { code: code as number | null, out, err };
}

/** Runs a line as a person would paste it: `runwright` means this one. */
export async function paste(place: Pick<Place, "dir" | "env">, line: string): Promise<Said> {
  const child = spawn("/bin/sh", ["-c", `runwright() { "$NODE" "$CLI" "$@"; }\n${line}`], {
    cwd: place.dir,
    env: { ...place.env, NODE: process.execPath, CLI: cli },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = await once(child, "close");
  return { code: code as number | null, out, err };
}
