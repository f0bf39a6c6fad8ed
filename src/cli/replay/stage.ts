import { formatMilliseconds } from "../../model/duration.ts";
import { applyTo, type FoldedRun } from "../../model/run-view.ts";
import type { Beat } from "../../timeline/pace.ts";
import type { Globals, RunView, ViewIo } from "../io.ts";
import { createRunView } from "../view/run-view.ts";
import type { ReplayClock } from "./clock.ts";

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
    return createRunView({ ...io, now: options.clock.now }, { ...options, attention: false });
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
