import type { LoadEnvironment } from "../../loader/cache.ts";
import { exportsOfFile } from "../../loader/load.ts";
import { malformed } from "./settings.ts";

/** What a configuration that is a program exports by default. */
export async function configOf(file: string, around: Pick<LoadEnvironment, "env">): Promise<unknown> {
  const exports = await exportsOfFile(file, around, (why, cause) => malformed(file, why, cause));
  return exports["default"];
}
