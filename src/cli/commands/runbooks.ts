import { listRunbooks } from "../../loader/load.ts";
import type { Globals, Io } from "../io.ts";
import { columns, printJson, printLines } from "../view/print.ts";

/** Lists the runbooks that can be run. */
export async function runbooks(globals: Globals, io: Io): Promise<number> {
  const books = await listRunbooks(io);
  if (globals.json) printJson(io, "runbooks", { runbooks: books });
  else
    printLines(io, [...columns(books.map(({ name, file }) => [name, file])), "", "next  runwright run NAME"]);
  return 0;
}
