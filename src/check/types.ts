/** What the TypeScript compiler says about runbook files: its own program, as the author's editor uses it. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { RunbookError } from "../model/error.ts";
import { runQuick } from "../process/run-quick.ts";
import type { FileLine } from "./sources.ts";

type TypeProblem = FileLine & { readonly why: string };

/** Type errors in these files; throws `USAGE` when no compiler is installed beside them. */
export async function typeErrors(files: readonly string[]): Promise<readonly TypeProblem[]> {
  const projects = new Map<string, string[]>();
  for (const file of files) {
    const key = configFor(file) ?? path.dirname(file);
    projects.set(key, [...(projects.get(key) ?? []), file]);
  }
  const found: TypeProblem[] = [];
  for (const [project, members] of projects) found.push(...(await compile(project, members)));
  return found;
}

/** What a file without a project of its own is compiled with. */
const standaloneFlags =
  "--strict --skipLibCheck --allowImportingTsExtensions --module nodenext --target es2023".split(" ");

async function compile(project: string, files: readonly string[]): Promise<readonly TypeProblem[]> {
  const [first = project] = files;
  const compiler = compilerFor(first);
  const cwd = path.dirname(first);
  const inside = project.endsWith(".json") ? await membersOf(compiler, project, cwd) : [];
  const members = files.filter((file) => inside.includes(file));
  const others = files.filter((file) => !inside.includes(file));
  const outputs = [
    ...(members.length === 0 ? [] : [await run(compiler, ["-p", project], cwd)]),
    ...(others.length === 0
      ? []
      : [await run(compiler, ["--ignoreConfig", ...standaloneFlags, ...others], cwd)]),
  ];
  return outputs.flatMap((output) => errorsIn(output, cwd, files));
}

/** The files that a project compiles; what it leaves out is compiled without it. */
async function membersOf(compiler: string, project: string, cwd: string): Promise<readonly string[]> {
  const output = await run(compiler, ["-p", project, "--listFilesOnly"], cwd);
  return output.split("\n").map((line) => path.normalize(line.trim()));
}

async function run(compiler: string, args: readonly string[], cwd: string): Promise<string> {
  const all = [compiler, "--noEmit", "--pretty", "false", ...args];
  const { stdout } = await runQuick(process.execPath, all, { cwd, env: {}, timeoutMs: 120_000 });
  return stdout;
}

function errorsIn(output: string, cwd: string, files: readonly string[]): readonly TypeProblem[] {
  return [...output.matchAll(/^(.+?)\((\d+),\d+\): error (TS\d+: .*)$/gm)]
    .map(([, file = "", line, why = ""]) => ({ file: path.resolve(cwd, file), line: Number(line), why }))
    .filter(({ file }) => files.includes(file));
}

function configFor(file: string): string | undefined {
  for (let dir = path.dirname(file); ; dir = path.dirname(dir)) {
    const config = path.join(dir, "tsconfig.json");
    if (existsSync(config)) return config;
    if (dir === path.dirname(dir)) return undefined;
  }
}

function compilerFor(file: string): string {
  try {
    return path.join(path.dirname(createRequire(file).resolve("typescript/package.json")), "bin", "tsc");
  } catch (error) {
    throw new RunbookError(
      "USAGE",
      `The types of \`${path.basename(file)}\` cannot be checked: no TypeScript is installed beside it.`,
      { cause: error, hint: "Install it with `npm install --save-dev typescript`, or leave `--types` out." },
    );
  }
}
