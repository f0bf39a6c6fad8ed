import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeWhole } from "../system/files.ts";
import { privateDirectory } from "./blobs.ts";

/** Source maps of the texts that runs keep, by digest. No event names them: without one, positions are told as they are in the text. */
export interface SourceMaps {
  readonly keep: (source: string, map: string) => void;
  readonly find: (source: string) => string | undefined;
}

/** The source maps that belong to a database. */
export function openSourceMaps(store: { readonly file: string }): SourceMaps {
  const dir = path.join(privateDirectory(store), "maps");
  const place = (source: string): string => path.join(dir, `${source}.map`);
  return {
    keep: (source, map) => {
      try {
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        writeWhole(place(source), map);
      } catch {
        // A run must not fail for the sake of line numbers; a disk that fails is told by what it is needed for.
      }
    },
    find: (source) => {
      try {
        return readFileSync(place(source), "utf8");
      } catch {
        return undefined;
      }
    },
  };
}
