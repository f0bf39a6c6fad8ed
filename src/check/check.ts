/** Checks runbook files: loads them as a run would, and looks at every path without performing anything. */
import path from "node:path";
import type { LoadEnvironment } from "../loader/cache.ts";
import { loadRunbook } from "../loader/load.ts";
import { RunbookError } from "../model/error.ts";
import type { Runbook } from "../runbook/types.ts";
import {
  isSuppressed,
  lineOfLiteral,
  sourcesOf,
  lineOfState,
  type SourceFile,
  type FileLine,
} from "./sources.ts";
import { rules, type Problem, type RuleName, type Severity } from "./rules/problem.ts";
import { problemsOf } from "./rules/every-rule.ts";
import { secretsIn } from "./secrets.ts";
import { underCheck } from "./subject/runbook-under-check.ts";
import { typeErrors } from "./types.ts";

export interface CheckResult {
  readonly findings: readonly Problem[];
  /** What an `accept` comment in the file stands for. */
  readonly accepted: readonly Problem[];
}

export interface CheckOptions {
  /** Relative names are files of this directory; the working directory by default. */
  readonly cwd?: string;
  /** Instead of the process's own environment. */
  readonly env?: LoadEnvironment["env"];
  /** Runs the TypeScript compiler that is installed beside the files, too. */
  readonly types?: boolean;
}

/** Checks runbook files, each with its child runbooks; what is wrong comes in the order of files and lines. */
export async function check(files: readonly string[], options: CheckOptions = {}): Promise<CheckResult> {
  const { cwd = ".", env = process.env, types = false } = options;
  const all: Problem[] = [];
  const sources = new Map<string, SourceFile>();
  const paths = files.map((file) => path.resolve(cwd, file));
  for (const file of paths) {
    const read = await sourcesOf(file);
    for (const source of read) sources.set(source.file, source);
    all.push(...(await problemsIn(file, read, env)));
  }
  if (types) {
    const errors = await typeErrors(paths);
    all.push(...errors.map((error) => problem(error, "types", error.why)));
  }
  const found = unique(all).toSorted(
    (one, other) => one.file.localeCompare(other.file) || one.line - other.line,
  );
  const accepted = found.filter((one) => isSuppressed(one, sources.get(one.file)));
  return { findings: found.filter((one) => !accepted.includes(one)), accepted };
}

async function problemsIn(
  file: string,
  sources: readonly SourceFile[],
  env: LoadEnvironment["env"],
): Promise<readonly Problem[]> {
  const secrets = sources.flatMap(secretsIn).map((spot) => problem(spot, "secret-in-file", spot.why));
  const runbook = await loadForCheck(file, env);
  if (runbook instanceof RunbookError) return [broken(file, sources, runbook), ...secrets];
  const remarks = await Promise.all(
    [...runbook.family.values()].map(async (member) =>
      (await problemsOf(underCheck(member))).map(({ rule, state, why, severity, key }) =>
        problem(lineOfState(sources, member.id, key ?? state), rule, why, {
          runbook: member.id,
          state,
          severity,
        }),
      ),
    ),
  );
  return [...remarks.flat(), ...secrets];
}

async function loadForCheck(file: string, env: LoadEnvironment["env"]): Promise<Runbook | RunbookError> {
  try {
    return (await loadRunbook(file, { cwd: path.dirname(file), env })).runbook;
  } catch (error) {
    // That there is no such file is a mistake of the command, not of the file.
    if (error instanceof RunbookError && error.code !== "RUNBOOK_UNKNOWN") return error;
    throw error;
  }
}

/** Where loading failed: where the bundler says, or where a name stands that the message quotes. */
function broken(file: string, sources: readonly SourceFile[], { message, data }: RunbookError): Problem {
  const actor = data["actor"];
  if (typeof actor === "string") {
    return problem(lineOfLiteral(sources, actor) ?? { file, line: 1 }, "foreign-actor", message);
  }
  const [, relative = "", line] = /\(([^()\s]+):(\d+):\d+\)/.exec(message) ?? [];
  const names = [...message.matchAll(/[`'"]#?([\w.-]+)[`'"]/g)].map(([, name = ""]) => name);
  const named = names.flatMap((name) => lineOfLiteral(sources, name) ?? [])[0];
  return problem(
    line === undefined
      ? (named ?? { file, line: 1 })
      : { file: path.resolve(path.dirname(file), relative), line: Number(line) },
    "loads",
    message,
  );
}

interface ProblemDetails {
  readonly runbook?: string;
  readonly state?: string | null;
  readonly severity?: Severity | undefined;
}

function problem({ file, line }: FileLine, rule: RuleName, why: string, more: ProblemDetails = {}): Problem {
  const { severity, mend } = rules[rule];
  const { runbook = null, state = null } = more;
  return { file, line, rule, severity: more.severity ?? severity, runbook, state, why, mend };
}

function unique(findings: readonly Problem[]): readonly Problem[] {
  return [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()];
}
