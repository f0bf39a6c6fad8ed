import { formatMilliseconds } from "../../model/duration.ts";
import { applyTo, type FoldedRun } from "../../model/run-view.ts";
import type { Beat } from "../../timeline/pace.ts";
import type { Globals, RunView, ViewIo, Output } from "../io.ts";
import { createTerminalView } from "../view/terminal-view.ts";
import { stripVTControlCharacters } from "node:util";
import type { RunEvent } from "../../model/event.ts";

export interface StageOptions {
  readonly color: Globals["color"];
  readonly run: string;
  readonly footnote?: () => string;
  /** The time in the replay, by which the view measures how long things take. */
  readonly clock: ReplayClock;
}

/** Where a run is told again, by the view that told it when it ran. */
export interface Stage {
  readonly tell: (beat: Beat) => void;
  readonly note: (text: string) => void;
  /** Begins anew, below what has been told. */
  readonly restart: () => void;
  readonly close: () => void;
}

export function createStage(io: Omit<ViewIo, "now">, options: StageOptions): Stage {
  const told = new Map<string, FoldedRun>();
  let view = open();

  function open(): RunView {
    return createTerminalView({ ...io, now: options.clock.now }, { ...options, attention: false });
  }

  return {
    tell: ({ event, skipped }) => {
      options.clock.set(new Date(event.at), 0);
      if (skipped !== null) view.note(`(${formatMilliseconds(skipped.ms)} left out: ${skipped.what})`);
      applyTo(told, event);
      view.events([event], new Map([...told].map(([run, { summary }]) => [run, summary])));
    },
    note: (text) => view.note(text),
    restart: () => {
      view.close();
      told.clear();
      view = open();
    },
    close: () => view.close(),
  };
}

/** The time in a replay: it goes on from where it was set, so many times as fast as the real one. */
interface ReplayClock {
  readonly now: () => Date;
  readonly set: (to: Date, rate: number) => void;
}

/** A clock on another one that counts milliseconds. */
export function createClock(elapsed: () => number): ReplayClock {
  let from = 0;
  let since = elapsed();
  let rate = 0;
  return {
    now: () => new Date(from + (elapsed() - since) * rate),
    set: (to, newRate) => {
      from = to.getTime();
      since = elapsed();
      rate = newRate;
    },
  };
}

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
