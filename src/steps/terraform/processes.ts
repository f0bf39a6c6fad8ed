import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";

/** A terraform process of this host. */
export interface TerraformProcess {
  readonly pid: number;
  readonly started: Date;
}

/** The terraform processes that run here, or undefined where the system does not tell (no /proc). */
export async function terraformProcesses(): Promise<readonly TerraformProcess[] | undefined> {
  const booted = await bootTime();
  if (booted === undefined) return undefined;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => inspect(Number(pid), booted)));
  return found.filter((process) => process !== undefined);
}

async function bootTime(): Promise<number | undefined> {
  try {
    const seconds = /^btime (\d+)$/m.exec(await readFile("/proc/stat", "utf8"))?.[1];
    return seconds === undefined ? undefined : Number(seconds) * 1_000;
  } catch {
    return undefined;
  }
}

/** Linux counts a process's start in hundredths of a second since boot, in field 22 of its `stat`. */
async function inspect(pid: number, booted: number): Promise<TerraformProcess | undefined> {
  try {
    const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    if (!isTerraform(command)) return undefined;
    // The name in brackets may hold spaces and brackets, so count from the last one.
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid, started: new Date(booted + Number(fields[19]) * 10) };
  } catch {
    // It ended while we looked.
    return undefined;
  }
}

/** Terraform itself, or the stand-in, which node runs; providers and other programs do not count. */
function isTerraform([program = "", script = ""]: readonly string[]): boolean {
  if (basename(program) === "terraform") return true;
  return basename(program) === "node" && /(^|\/)terraform(\/main)?(\.[cm]?js)?$/.test(script);
}
