import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporary } from "../../support/terraform.ts";

/** What a scripted terraform prints and how it ends. */
export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
}

/** A program that answers each terraform command in a fixed way, for what no terraform does on request. */
export async function scripted(answers: Readonly<Record<string, Answer>>): Promise<string> {
  const dir = temporary("scripted");
  const version: Answer = { stdout: '{"terraform_version":"1.11.4"}' };
  const all: Readonly<Record<string, Answer>> = { version, ...answers };
  for (const [command, { stdout = "", stderr = "", exit = 0 }] of Object.entries(all)) {
    await mkdir(path.join(dir, command));
    await writeFile(path.join(dir, command, "out"), stdout);
    await writeFile(path.join(dir, command, "err"), stderr);
    await writeFile(path.join(dir, command, "exit"), String(exit));
  }
  const file = path.join(dir, "terraform");
  await writeFile(
    file,
    `#!/bin/sh
case "$*" in *-out=*) for a; do case "$a" in -out=*) echo plan > "\${a#-out=}";; esac; done;; esac
cat "${dir}/$1/err" >&2; cat "${dir}/$1/out"; exit "$(cat "${dir}/$1/exit")"\n`,
  );
  await chmod(file, 0o755);
  return file;
}

/** One error as terraform writes it with `-json`. */
export function jsonError(summary: string, detail = "", address?: string): string {
  const diagnostic = { severity: "error", summary, detail, ...(address === undefined ? {} : { address }) };
  return `${JSON.stringify({ "@level": "error", "@message": `Error: ${summary}`, diagnostic, type: "diagnostic" })}\n`;
}
