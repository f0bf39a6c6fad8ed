import { bundled, type Surroundings } from "../loader/cache.ts";
import { exportsOf } from "../loader/evaluate.ts";
import { RunbookError } from "../model/error.ts";
import { malformed } from "./settings.ts";

/** What a configuration that is a program exports by default; loaded as a runbook file is. */
export async function configOf(file: string, around: Pick<Surroundings, "env">): Promise<unknown> {
  try {
    const { text, map } = await bundled(file, around);
    return (await exportsOf(text, file, map)).exports["default"];
  } catch (cause) {
    if (cause instanceof RunbookError && typeof cause.data["why"] === "string")
      throw malformed(file, cause.data["why"], cause);
    throw cause;
  }
}
