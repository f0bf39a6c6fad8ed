import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { allEffects, createWorld } from "../support/external-world.ts";
import { ended } from "../support/programs.ts";
import { createJudge } from "./judge.ts";
import { watched } from "./library.ts";
import { acknowledged, acknowledgements, type Entry } from "./recording.ts";

/** What fails, see write-log.c: which calls on which files, from which on, and how many; 0 for all that follow. */
export interface Fault {
  readonly operation: "write" | "sync";
  readonly name: "state.db" | "anchors" | "blobs";
  readonly first: number;
  readonly count: number;
}

/** How the engine ended on the failing disk, and what is wrong with what it left; null when nothing is. */
export interface Survival {
  readonly end: string;
  readonly wrong: string | null;
}

const judge = createJudge();

/** Runs an engine on a disk that fails, then another on one that does not. */
export async function survive(library: string, engine: string, fault: Fault): Promise<Survival> {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-failing-"));
  const [root, world] = [path.join(dir, "root"), path.join(dir, "world")];
  for (const made of [root, world]) mkdirSync(made);
  const run = (runs: number, env: Readonly<Record<string, string>>): ReturnType<typeof ended> =>
    ended(
      spawn(process.execPath, [engine, root, world, String(runs)], {
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  const { operation, name, first, count } = fault;
  const failing = watched(library, { root, fault: `${operation}:${name}:${first}:${count}` });
  const broken = await run(1, failing);
  const end = broken.stdout.trim();
  const stored = toldIn(root);
  const verdict = await judge(root, { stored, anchored: undefined });
  const again = await run(stored === undefined ? 1 : 0, {});
  const effects = createWorld(world).effects();
  const isOnce = JSON.stringify(effects) === JSON.stringify(allEffects);
  const wrongs = [
    ...(verdict.type === "sound" ? [] : [verdict.why]),
    ...(broken.stderr === "" ? [] : [`it said ${broken.stderr}`]),
    ...(again.stdout === "done\n" ? [] : [`it could not continue: ${again.stdout}${again.stderr}`]),
    ...(isOnce ? [] : [`its effects are ${effects.join(", ")}`]),
  ];
  if (wrongs.length === 0) rmSync(dir, { recursive: true });
  return { end, wrong: wrongs.length === 0 ? null : `${wrongs.join("; ")} (in ${dir})` };
}

/** The newest event that an engine has told to be stored. */
function toldIn(root: string): ReturnType<typeof acknowledged>[number] | undefined {
  const file = path.join(root, acknowledgements);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text === "" ? undefined : acknowledged(text).at(-1);
}

/** How many such calls an engine makes in a recording. */
function callsIn(entries: readonly Entry[], { operation, name }: Pick<Fault, "operation" | "name">): number {
  const inodes = new Set<bigint>();
  let calls = 0;
  for (const entry of entries) {
    if (entry.type === "create" && entry.path.includes(name)) inodes.add(entry.inode);
    else if (entry.type === "create") inodes.delete(entry.inode);
    else if (entry.type === operation && inodes.has(entry.inode)) calls += 1;
  }
  return calls;
}

/** So many faults, spread over all calls that an engine makes in a recording: each once for a moment and once for ever. */
export function faultsOver(entries: readonly Entry[], most: number): readonly Fault[] {
  const places = [
    { operation: "sync", name: "state.db" },
    { operation: "write", name: "state.db" },
    { operation: "sync", name: "anchors" },
    { operation: "write", name: "blobs" },
  ] as const;
  const all = places.flatMap((place) =>
    Array.from({ length: callsIn(entries, place) }, (_, index) => ({ ...place, first: index + 1 })),
  );
  const step = Math.max(1, (2 * all.length) / most);
  const chosen = Array.from(
    { length: Math.floor(all.length / step) },
    (_, index) => all[Math.floor(index * step)],
  );
  return chosen.flatMap((fault) =>
    fault === undefined
      ? []
      : [
          { ...fault, count: 1 },
          { ...fault, count: 0 },
        ],
  );
}
