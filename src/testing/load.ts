import { loadRunbook as load } from "../loader/load.ts";
import type { Runbook } from "../runbook/types.ts";

/** The runbook in a file, or of a name, as `run` would load it: for tests that cannot import TypeScript. */
export async function loadRunbook(nameOrFile: string, cwd = process.cwd()): Promise<Runbook> {
  return (await load(nameOrFile, { cwd, env: process.env })).runbook;
}
