import type { RecordPlace } from "../../runs/store-options.ts";
import type { Globals, Io } from "../io.ts";

/** The record that this command line is about. */
export function placeOf(
  { db }: Pick<Globals, "db">,
  io: Pick<Io, "env" | "cwd" | "now" | "stderr">,
): RecordPlace {
  const { env, cwd, now } = io;
  return { db, env, cwd, now, warn: (message) => void io.stderr.write(`${message}\n`) };
}
