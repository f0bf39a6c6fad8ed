const gone = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** A reader that goes away (`| head`) or a terminal that is closed ends the output, never the run. */
export function ignoreEpipe(output: NodeJS.WriteStream): void {
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (!gone.has(error.code ?? "")) throw error;
  });
}
