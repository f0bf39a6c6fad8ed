import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ended } from "../support/programs.ts";
import { buildEngine, type Breakage } from "./build.ts";
import { watched } from "./library.ts";
import { readRecording, type Entry } from "./recording.ts";

/** What real engines asked a disk to do while they drove some runs to their end. */
export interface Recorded {
  readonly entries: readonly Entry[];
  /** The file and the directory that `readRecording` reads them from again. */
  readonly file: string;
  readonly root: string;
  /** Removes them, when nobody has to look at them again. */
  readonly forget: () => void;
}

/** Controls: with the first SQLite does not wait for the disk at a commit, with the second the anchor's name is not kept, with the third the database is opened past SQLite. */
export const breakages = {
  hasty: {
    file: "src/store/database.ts",
    changes: [
      ['"synchronous = FULL"', '"synchronous = NORMAL"'],
      ["synchronous: 2", "synchronous: 1"],
    ],
  },
  prying: { file: "src/store/database.ts", changes: [["if (existsSync(file)) return;", ""]] },
  nameless: { file: "src/store/anchor.ts", changes: [["if (isNew) syncDirectory(dir);", ""]] },
  /** What the disk does not take is told as if it were there. */
  careless: {
    file: "src/host/local.ts",
    changes: [
      [
        "const committed = store.log.append(turn, fence());",
        `const { seq } = store.log.head();
         const events = turn.drafts.map((draft, index) => ({ ...draft, seq: seq + index + 1, hash: "f".repeat(64) }));
         let committed = { type: "stored", events };
         try { committed = store.log.append(turn, fence()); } catch {}`,
      ],
    ],
  },
} as const satisfies Readonly<Record<string, Breakage>>;

/** Records engines that drive so many runs, as they are or broken on purpose. */
export async function record(
  library: string,
  { runs, breakage }: { readonly runs: number; readonly breakage?: Breakage },
): Promise<Recorded> {
  const engine = await buildEngine(breakage === undefined ? "engine" : "broken-engine", breakage);
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-crash-"));
  const [root, world, file] = [path.join(dir, "root"), path.join(dir, "world"), path.join(dir, "recording")];
  for (const made of [root, world]) mkdirSync(made);
  const env = { ...process.env, ...watched(library, { root, file }) };
  const child = spawn(process.execPath, [engine, root, world, String(runs)], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, stdout, stderr } = await ended(child);
  if (code !== 0) throw new Error(`The engine that was recorded failed: ${stdout} ${stderr}`);
  const forget = (): void => rmSync(dir, { recursive: true });
  return { entries: readRecording(file, root), file, root, forget };
}
