import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fromRecord } from "../../authoring/draft.ts";
import { fitToDirectory, hasVitest } from "../../authoring/target-directory.ts";
import { fromTemplate, type Template, type NewFile } from "../../authoring/template.ts";
import { RunbookError } from "../../model/error.ts";
import type { Globals, Io } from "../io.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";

export interface NewArgs {
  readonly name: string;
  readonly template: Template;
  /** The run whose path is the first draft. */
  readonly fromRun: string | undefined;
}

/** Writes a runbook, a test and a page; nothing is overwritten. */
export async function create(args: NewArgs, globals: Globals, io: Io): Promise<number> {
  const { name, template, fromRun } = args;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new RunbookError("USAGE", `\`${name}\` cannot be a runbook's name.`, {
      hint: "Use small letters, digits and single hyphens, such as `restart-api`.",
    });
  }
  const written =
    fromRun === undefined ? await fromTemplate(template, name) : await draftOf(name, fromRun, globals, io);
  const files = fitToDirectory(written, io.cwd);
  await writeAll(files, io.cwd);
  if (globals.json) printJson(io, "new", { name, files: files.map(({ file }) => file) });
  else printLines(io, told(name, files, io.cwd));
  return 0;
}

async function draftOf(name: string, run: string, globals: Globals, io: Io): Promise<readonly NewFile[]> {
  const events = await withRun(placeOf(globals, io), run, (store, row) =>
    runTreeOf(store, row.run).flatMap((member) => member.events),
  );
  return fromRecord(
    name,
    events.toSorted((one, other) => one.seq - other.seq),
  );
}

/** All or nothing: what is there already is somebody's work. */
async function writeAll(files: readonly NewFile[], dir: string): Promise<void> {
  const there = files.map(({ file }) => file).filter((file) => existsSync(path.join(dir, file)));
  if (there.length > 0) {
    throw new RunbookError("USAGE", `There is already ${there.map((file) => `\`${file}\``).join(" and ")}.`, {
      hint: "Nothing was written. Choose another name, or move the file away.",
    });
  }
  for (const { file, text } of files) {
    const place = path.join(dir, file);
    await mkdir(path.dirname(place), { recursive: true });
    // `wx`: also a file that came up meanwhile stays.
    await writeFile(place, text, { flag: "wx" });
  }
}

function told(name: string, files: readonly NewFile[], dir: string): readonly string[] {
  const isPractised = files.some(({ file }) => file.startsWith("practice"));
  return [
    ...files.map(({ file }) => `wrote ${file}`),
    "",
    `Next: runwright check ${name}`,
    `      runwright graph ${name}`,
    `      ${hasVitest(dir) ? `npx vitest run test/${name}.test.ts` : `runwright test ${name}`}`,
    ...(isPractised ? [`      runwright practice ${name}`] : []),
  ];
}
