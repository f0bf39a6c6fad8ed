import { stripVTControlCharacters } from "node:util";
import type { RunEvent } from "../../model/event.ts";
import type { Output, ViewIo } from "../io.ts";
import { createClock } from "./clock.ts";
import { createStage } from "./stage.ts";

const usual = 80;

/** What the view had told until the last of these events, line by line, on a terminal of this width. */
export function screenAt(
  run: string,
  events: readonly RunEvent[],
  { env, width = usual }: Pick<ViewIo, "env"> & { readonly width?: number },
): readonly string[] {
  const written: string[] = [];
  const stdout: Output = {
    isTTY: true,
    columns: width,
    // Too low for live rows: only history is asked for.
    rows: 0,
    write: (text) => written.push(text),
    on: () => {},
    off: () => {},
  };
  const own = { ...env, CI: undefined, TERM: "xterm" };
  const stage = createStage({ stdout, env: own }, { run, color: "never", clock: createClock(() => 0) });
  for (const event of events) stage.tell({ event, ms: 0, skipped: null });
  stage.close();
  return stripVTControlCharacters(written.join("")).trimEnd().split("\n");
}
