/** Starting practice worlds from outside: as a process of their own, so that they outlive an engine that is killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";

export interface WorldProcess {
  readonly url: string;
  readonly pid: number;
}

export interface WorldSettings {
  readonly program: string;
  readonly speed: number;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a world that goes on when this process ends, and ends by itself when nobody asks it anything for an hour. */
export async function startWorldProcess({ program, speed, env }: WorldSettings): Promise<WorldProcess> {
  const child = spawn(process.execPath, [program, "--speed", String(speed)], {
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

/** A working copy of the incident's terraform files: terraform writes beside them. */
export async function copyTerraform(source: string, dir: string): Promise<string> {
  const copy = path.join(dir, "terraform");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await cp(source, copy, { recursive: true, filter: (file) => !file.includes(".terraform") });
  // A copy takes the modes of what is copied, and what terraform writes beside it may be read through them.
  await chmod(copy, 0o700);
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true }))
    await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  return copy;
}
