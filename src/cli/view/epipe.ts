import type { Io } from "../io.ts";

const gone = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** A reader that goes away (`| head`) or a terminal that is closed ends the output, never the run. */
export function ignoreEpipe({ stdout, stderr }: Pick<Io, "stdout" | "stderr">): void {
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!gone.has(error.code ?? "")) throw error;
    });
  }
}
