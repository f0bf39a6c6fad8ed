/** Starting practice worlds from outside: as a process of their own, so that they outlive an engine that is killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { RunbookError } from "../model/error.ts";
import type { FaultRequest } from "./world/faults.ts";
import { seedState } from "./world/seed-state.ts";
import type { Trouble } from "./world/troubles.ts";

export interface WorldProcess {
  readonly url: string;
  readonly pid: number;
}

export interface WorldSettings {
  readonly program: string;
  readonly speed: number;
  readonly wrong: readonly Trouble[];
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a world that goes on when this process ends, and ends by itself when nobody asks it anything for an hour. */
export async function startWorldProcess({
  program,
  speed,
  wrong,
  env,
}: WorldSettings): Promise<WorldProcess> {
  const child = spawn(process.execPath, [program, "--speed", String(speed), "--wrong", wrong.join()], {
    detached: true,
    // Not our stderr: whoever reads it, as in `practice 2>&1 | tail`, would wait for the world to end.
    stdio: ["ignore", "pipe", "ignore"],
    env,
  });
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), once(child, "exit").then(() => undefined)]);
  if (first === undefined || child.pid === undefined) throw new Error("The practice world did not start.");
  lines.close();
  child.stdout.destroy();
  child.unref();
  const { url } = JSON.parse(String(first[0])) as { readonly url: string };
  return { url, pid: child.pid };
}

export async function stopWorld(url: string): Promise<void> {
  await fetch(new URL("/_world/shutdown", url), { method: "POST", signal: AbortSignal.timeout(2_000) }).catch(
    () => {},
  );
}

/** Lets calls of a world fail. */
export async function addFaults(url: string, faults: readonly FaultRequest[]): Promise<void> {
  for (const fault of faults) {
    const asked = { method: "POST", body: JSON.stringify(fault) };
    const answer = await fetch(new URL("/_world/faults", url), asked);
    if (answer.ok) continue;
    const { error } = (await answer.json()) as { readonly error: string };
    throw new RunbookError(
      "RUNBOOK_BROKEN",
      `The practice asks for a fault that the world does not have: ${error}`,
    );
  }
}

/** A working copy of the terraform files, as what is wrong left it: terraform writes beside them. */
export async function copyTerraform(source: string, dir: string, wrong: readonly Trouble[]): Promise<string> {
  const copy = path.join(dir, "terraform");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await cp(source, copy, { recursive: true, filter: (file) => !file.includes(".terraform") });
  // What terraform leaves when an apply was done and its state could not be saved.
  if (wrong.includes("state-unsaved"))
    await writeFile(path.join(copy, "errored.tfstate"), seedState(wrong.filter(isSaved), 42));
  // A copy takes the modes of what is copied, and what terraform writes beside it may be read through them.
  await chmod(copy, 0o700);
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true }))
    await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  return copy;
}

function isSaved(trouble: Trouble): boolean {
  return trouble !== "state-unsaved";
}
