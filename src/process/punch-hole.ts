import { existsSync, writeFileSync } from "node:fs";
import { runQuick } from "./run-quick.ts";

/** The part of a growing file that nobody needs any more; the file keeps its length, and the part reads as zeros. */
export interface HolePuncher {
  /** Whether an earlier reader has given some of it back to the disk. */
  readonly wasUsed: boolean;
  /** Gives everything between the two back, when it is worth the effort. */
  readonly release: (from: number, to: number) => Promise<void>;
}

const leastBytes = 67_108_864;

/** Where the system cannot give a part of a file back, the file grows. */
export function createHolePuncher(file: string): HolePuncher {
  const note = `${file}.spare`;
  const wasUsed = existsSync(note);
  let given = 0;
  let isPossible = true;
  return {
    wasUsed,
    release: async (from, to) => {
      const start = Math.max(from, given);
      if (!isPossible || to - start < leastBytes) return;
      // Noted first: who finds no note may believe every byte.
      writeFileSync(note, "", { mode: 0o600 });
      isPossible = await punch(file, start, to);
      given = to;
    },
  };
}

async function punch(file: string, from: number, to: number): Promise<boolean> {
  const args = ["--punch-hole", "--offset", String(from), "--length", String(to - from), file];
  const options = { cwd: "/", env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" }, timeoutMs: 10_000 };
  return runQuick("fallocate", args, options).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
}
