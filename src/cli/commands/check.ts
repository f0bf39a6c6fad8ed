import path from "node:path";
import { check as checkFiles, type CheckResult } from "../../check/check.ts";
import type { Problem } from "../../check/rules/problem.ts";
import { listRunbooks } from "../../loader/load.ts";
import { counted } from "../../model/counted.ts";
import { RunbookError } from "../../model/error.ts";
import type { Globals, Io } from "../io.ts";
import { printJson, printLines } from "../view/print.ts";
import { terminalColumns } from "../view/terminal-columns.ts";
import { labelled } from "../view/text.ts";

export interface CheckArgs {
  /** Files or names of runbooks; those of the working directory when there are none. */
  readonly files: readonly string[];
  readonly types: boolean;
}

/** Says what is wrong with runbook files; exit code 1 when something is an error. */
export async function check({ files, types }: CheckArgs, globals: Globals, io: Io): Promise<number> {
  const paths = await chosen(files, io);
  const checked = await checkFiles(paths, { cwd: io.cwd, env: io.env, types });
  const errors = checked.findings.filter(({ severity }) => severity === "error").length;
  if (globals.json) {
    const { findings, accepted } = checked;
    printJson(io, "check", { ok: errors === 0, files: paths, findings, accepted });
  } else printLines(io, linesOf(checked, paths, io));
  return errors === 0 ? 0 : 1;
}

async function chosen(files: readonly string[], io: Io): Promise<readonly string[]> {
  const { cwd } = io;
  const known = await listRunbooks(io);
  const own = known.filter(({ file }) => isInside(file, cwd)).map(({ file }) => file);
  if (files.length === 0 && own.length > 0) return own;
  if (files.length === 0) {
    throw new RunbookError("USAGE", "There are no runbooks in `runbooks/` of this directory.", {
      hint: "Name a file: runwright check ./my-runbook.ts",
    });
  }
  return files.map((name) => {
    const isName = !/[/\\]|\.[cm]?[jt]s$/.test(name);
    const found = known.find((one) => isName && one.name === name)?.file;
    return found ?? path.resolve(cwd, name);
  });
}

function isInside(file: string, dir: string): boolean {
  const relative = path.relative(dir, file);
  return !relative.startsWith("..") && !relative.split(path.sep).includes("node_modules");
}

function linesOf({ findings, accepted }: CheckResult, files: readonly string[], io: Io): readonly string[] {
  const blocks = findings.flatMap((finding) => [...blockOf(finding, io), ""]);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const parts = [
    counted(errors, "error"),
    counted(findings.length - errors, "warning"),
    ...(accepted.length === 0 ? [] : [`${accepted.length} accepted in the file`]),
  ];
  return [...blocks, `${counted(files.length, "file")} checked: ${parts.join(", ")}.`];
}

function blockOf({ file, line, rule, severity, why, mend }: Problem, io: Io): readonly string[] {
  const where = `${path.relative(io.cwd, file)}:${line}`;
  const width = Math.min(terminalColumns(io.stdout) ?? 100, 100) - 1;
  const column = 6;
  return [
    `${severity}  ${where}  ${rule}`,
    ...labelled("why", why, { width, column }),
    ...labelled("fix", mend, { width, column }),
  ];
}
