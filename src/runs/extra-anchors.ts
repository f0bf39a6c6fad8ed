/**
 * Anchors beyond the one that is always there: files that lie elsewhere, and programs that carry a note away. They are
 * told each signed head after it is stored. None of them may hold a run up: what fails is told once, and the run goes on.
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import path from "node:path";
import type { RecordPlace } from "./store-options.ts";

/** What `RUNWRIGHT_ANCHORS` names, with `:` between: a path is a file to append to, `|path` a program that reads a note. */
export function extraAnchors({
  env,
  cwd,
  warn,
}: Pick<RecordPlace, "env" | "cwd" | "warn">): (line: string) => void {
  const places = (env["RUNWRIGHT_ANCHORS"] ?? "").split(":").filter((place) => place !== "");
  const failed = new Set<string>();
  const fail = (place: string, error: unknown): void => {
    if (failed.has(place)) return;
    failed.add(place);
    const why = error instanceof Error ? error.message : String(error);
    warn(`runwright: the anchor \`${place}\` was not told: ${why}. The record goes on without it.`);
  };
  return (line) => {
    for (const place of places) {
      try {
        if (place.startsWith("|"))
          tell(path.resolve(cwd, place.slice(1)), line, (error) => fail(place, error));
        else appendFileSync(path.resolve(cwd, place), `${line}\n`, { mode: 0o600, flush: true });
      } catch (error) {
        fail(place, error);
      }
    }
  };
}

/** On its own: a slow network must not hold the engine, nor the engine's end the note. */
function tell(program: string, line: string, fail: (error: unknown) => void): void {
  const child = spawn(program, [], { detached: true, stdio: ["pipe", "ignore", "inherit"] });
  child.on("error", fail);
  child.on("exit", (code) => {
    if (code !== 0) fail(new Error(`it ended with ${code ?? "a signal"}`));
  });
  child.stdin.on("error", fail);
  child.stdin.end(`${line}\n`);
  child.unref();
}
