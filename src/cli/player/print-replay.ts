import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../../model/counted.ts";
import type { RunEvent } from "../../model/event.ts";
import { paceOf, type Speed } from "../../timeline/pace.ts";
import { toTimelineRows } from "../../timeline/rows.ts";
import type { Globals, Io } from "../io.ts";
import { createClock, createStage } from "./stage.ts";
import { keysHelp, type PlayerCommand, takeKeyboard } from "./keys.ts";
import { play } from "./player.ts";

interface ReplayRequest {
  readonly run: string;
  readonly runs: readonly (readonly RunEvent[])[];
  readonly speed: Speed;
}

/** Tells a run again at this speed; whoever sits there may stop, step and leave. */
export async function printReplay(
  { run, runs, speed }: ReplayRequest,
  globals: Globals,
  io: Io,
): Promise<void> {
  const beats = paceOf(toTimelineRows(runs), speed);
  const rate = speed === "max" ? 0 : speed;
  const clock = createClock(() => performance.now());
  const keyboard = takeKeyboard(io);
  let where = "";
  const footnote = (): string => `${where}; ${keyboard?.typing() ?? keysHelp}`;
  const options = { run, clock, color: globals.color, ...(keyboard === undefined ? {} : { footnote }) };
  const stage = createStage(io, options);
  try {
    const end = await play({
      run,
      beats,
      stage,
      command: keyboard?.command ?? (() => new Promise<PlayerCommand>(() => {})),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
      onWait: ({ event, ms }, state) => {
        where = `${state}, next #${event.rseq}${event.run === run ? "" : ` of ${event.run}`}`;
        clock.set(new Date(Date.parse(event.at) - ms * rate), state === "paused" ? 0 : rate);
      },
    });
    if (end === "over")
      stage.note(`End of the record: ${counted(beats.length, "event")}, recomputed as stored.`);
  } finally {
    stage.close();
    keyboard?.close();
  }
}
