import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, utimes } from "node:fs/promises";
import path from "node:path";
import { RunbookError } from "../model/error.ts";
import { makeDirectory, writeDurably } from "../system/files.ts";
import { storageError } from "./database.ts";

/** Immutable files named by the SHA-256 of their bytes; durable before any event names them. */
export interface Blobs {
  readonly put: (bytes: Uint8Array) => Promise<string>;
  readonly get: (sha256: string) => Promise<Uint8Array>;
}

/** The private directory beside a database. */
export function privateDirectory({ file }: { readonly file: string }): string {
  return path.join(path.dirname(file), ".runwright");
}

/** The blobs that belong to a database. */
export function openBlobs(store: { readonly file: string }): Blobs {
  const root = path.join(privateDirectory(store), "blobs");
  const place = (sha256: string): string => path.join(root, sha256.slice(0, 2), sha256);
  return {
    put: async (bytes) => {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const file = place(sha256);
      try {
        // Its time is that of the last put: `prune` lets alone what an event may be about to name.
        if (existsSync(file)) await utimes(file, new Date(), new Date());
        else {
          makeDirectory(path.dirname(file));
          await writeDurably(file, bytes);
        }
      } catch (error) {
        throw storageError(file, error);
      }
      return sha256;
    },
    get: async (sha256) => {
      const bytes = await readFile(place(sha256)).catch(() => undefined);
      const found = bytes === undefined ? "nothing" : createHash("sha256").update(bytes).digest("hex");
      if (bytes !== undefined && found === sha256) return bytes;
      throw new RunbookError(
        "RECORD_BROKEN",
        `Artifact ${sha256} is not what was recorded (found ${found}).`,
      );
    },
  };
}
