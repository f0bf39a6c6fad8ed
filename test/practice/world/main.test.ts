import { buildSync } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "runwright-world-"));
const program = join(dir, "main.mjs");

beforeAll(() => {
  const entry = fileURLToPath(new URL("../../../src/practice/world/main.ts", import.meta.url));
  buildSync({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
});
afterAll(() => rmSync(dir, { recursive: true }));

async function start(...options: readonly string[]) {
  const child = spawn(process.execPath, [program, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, ended, url: (JSON.parse(line) as { url: string }).url };
}

test("the program serves the seeded incident, says where, and ends at SIGTERM", async () => {
  const { child, ended, url } = await start("--speed", "30", "--dir", join(dir, "found"));
  expect(await (await fetch(`${url}/_world`)).json()).toMatchObject({
    world: "runwright-practice",
    speed: 30,
  });
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const left = JSON.parse(readFileSync(join(dir, "found", "world.json"), "utf8")) as unknown;
  expect(left).toEqual({ url, pid: child.pid });
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("the program ends by itself when nobody asks it anything", async () => {
  const { ended } = await start("--idle-minutes", "0.002");
  expect(await ended).toEqual([0, null]);
});

test("the program ends when it is asked to shut down", async () => {
  const { ended, url } = await start();
  await fetch(`${url}/_world/shutdown`, { method: "POST" });
  expect(await ended).toEqual([0, null]);
});
