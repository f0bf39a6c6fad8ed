import { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { createProgram } from "../../src/cli/program/program.ts";

/** What a command's own help says that it takes. */
export interface Usage {
  readonly flags: ReadonlySet<string>;
}

/** The help of the program, or of one of its commands, as people see it. */
async function helpOf(...command: readonly string[]): Promise<string> {
  const out = new PassThrough();
  const io = {
    stdin: new PassThrough() as unknown as ReadStream,
    stdout: out as unknown as WriteStream,
    stderr: out as unknown as WriteStream,
    env: {},
    cwd: process.cwd(),
    now: () => new Date(0),
  };
  const program = createProgram({ io, finish: () => {} });
  await program.parse(["node", "runwright", ...command, "--help"]).catch(() => {});
  return String(out.read());
}

/** Every command by its name. */
export async function usages(): Promise<ReadonlyMap<string, Usage>> {
  const help = await helpOf();
  // Headings follow the options, and below each its commands.
  const listed = help.slice(help.indexOf("\nRun:"));
  const names = [...listed.matchAll(/^ {2}([a-z]+(?:-[a-z]+)*)(?= )/gm)].map(([, name = ""]) => name);
  const all = new Map<string, Usage>();
  for (const name of names) {
    const options = (await helpOf(name)).split("Options:")[1] ?? "";
    const flags = [...options.matchAll(/^ {2}(?:(-\w), )?(--[a-z-]+)/gm)].flatMap(([, short, long = ""]) =>
      short === undefined ? [long] : [short, long],
    );
    all.set(name, { flags: new Set(flags) });
  }
  return all;
}

/** The `runwright` command lines in shell text: `sh` blocks hold commands, `console` blocks hold them after `$`. */
export function commandLines(language: string, text: string): readonly string[] {
  const joined = text.replaceAll(/\\\n\s*/g, " ").split("\n");
  const typed =
    language === "console"
      ? joined.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2))
      : joined;
  return typed.flatMap((line) => line.split(/ && | \| /)).filter((line) => /^(npx )?runwright\b/.test(line));
}

/** What is wrong with a command line, or null. */
export function problemOf(line: string, known: ReadonlyMap<string, Usage>): string | null {
  const bare = line.replaceAll(/"[^"]*"|'[^']*'/g, "X").replace(/\s+#.*$/, "");
  const words = bare.replace(/^npx /, "").split(/\s+/).slice(1);
  const [name = ""] = words.filter((word) => !word.startsWith("-"));
  const usage = known.get(name);
  if (usage === undefined) return words[0] === "--help" ? null : `there is no command \`${name}\``;
  const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split("=")[0] ?? "");
  const unknown = flags.filter((flag) => !usage.flags.has(flag));
  return unknown.length === 0 ? null : `\`${name}\` has no ${unknown.join(", ")}`;
}
