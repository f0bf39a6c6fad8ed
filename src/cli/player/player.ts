import type { Beat } from "../../timeline/pace.ts";
import type { PlayerCommand } from "./keys.ts";
import type { Stage } from "./stage.ts";

export interface Playback {
  readonly run: string;
  readonly beats: readonly Beat[];
  readonly stage: Stage;
  /** The next thing that the person asks for; never, where there is nobody. */
  readonly command: () => Promise<PlayerCommand>;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called before each wait, with how far it is and whether it stands still. */
  readonly onWait: (beat: Beat, state: "playing" | "paused") => void;
}

/** Tells a run again, beat by beat, until it is over or the person has seen enough. */
export async function play(playing: Playback): Promise<"over" | "left"> {
  const { beats, stage } = playing;
  let next = 0;
  let state: "playing" | "paused" = "playing";
  let asked = playing.command();
  for (let beat = beats[0]; beat !== undefined; beat = beats[next]) {
    playing.onWait(beat, state);
    const command = await waited(asked, state === "paused" ? null : beat.ms, playing.sleep);
    if (command === null) {
      stage.tell(beat);
      next += 1;
      continue;
    }
    asked = playing.command();
    if (command.type === "quit") return "left";
    if (command.type === "pause") {
      state = state === "paused" ? "playing" : "paused";
      continue;
    }
    state = "paused";
    if (command.type === "next") {
      stage.tell(beat);
      next += 1;
    } else next = jump(playing, next, command.to);
  }
  return "over";
}

/** The command, or null when the time has passed first; without a time it waits for the command. */
async function waited(
  asked: Promise<PlayerCommand>,
  ms: number | null,
  sleep: Playback["sleep"],
): Promise<PlayerCommand | null> {
  if (ms === null) return asked;
  const over = new AbortController();
  // A sleep that is called off has nothing to tell.
  const slept = sleep(ms, over.signal).then(
    () => null,
    () => null,
  );
  const first = await Promise.race([asked, slept]);
  over.abort();
  return first;
}

/** Tells everything up to an event of the run at once; for one that has been told it begins anew. */
function jump({ run, beats, stage }: Playback, next: number, to: number): number {
  const index = beats.findLastIndex(({ event }) => event.run === run && event.rseq <= to);
  const begin = index < next ? 0 : next;
  if (begin < next) {
    stage.restart();
    stage.note(`Back to #${to}:`);
  }
  for (const beat of beats.slice(begin, index + 1)) stage.tell(beat);
  return index + 1;
}
