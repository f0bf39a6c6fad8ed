import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";

const source = path.resolve("test/crash/write-log.c");

/** Compiles the library that is preloaded into engines; undefined, said loudly, where that cannot be done. */
export function writeLogLibrary(): string | undefined {
  if (process.platform !== "linux") return skipped("they need Linux");
  const digest = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const dir = path.resolve("node_modules/.cache/runwright/crash");
  const file = path.join(dir, `write-log-${digest}.so`);
  if (existsSync(file)) return file;
  mkdirSync(dir, { recursive: true });
  // Several test files may compile at once.
  const own = `${file}.${process.pid}`;
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O2", "-Wall", "-o", own, source, "-ldl"], { stdio: "pipe" });
  } catch (error) {
    return skipped(`\`cc\` cannot compile ${source}: ${String(error)}`);
  }
  renameSync(own, file);
  return file;
}

function skipped(why: string): undefined {
  process.stderr.write(`\nSKIPPED: power loss and failing disks: ${why}.\n\n`);
}

/** What an engine's environment needs so that its disk is watched, or fails. */
export function watched(
  library: string,
  { root, file, fault }: { readonly root: string; readonly file?: string; readonly fault?: string },
): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    WRITE_LOG_ROOT: root,
    ...(file === undefined ? {} : { WRITE_LOG_FILE: file }),
    ...(fault === undefined ? {} : { WRITE_LOG_FAULT: fault }),
  };
}
