import type { Command } from "@commander-js/extra-typings";
import type { Io } from "../io.ts";
import type { Finish } from "../options.ts";

/** Commands for whoever writes runbooks. */
export function authoring(_io: Io, _finish: Finish): readonly Command[] {
  return [];
}
