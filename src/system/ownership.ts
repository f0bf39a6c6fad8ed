import { statSync } from "node:fs";

/** Whether this account owns a file; of one that is not there nobody can tell, so it does not. */
export function isOwnFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.uid === process.geteuid?.();
}
