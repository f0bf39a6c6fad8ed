import { expect, test } from "vitest";
import type { PlayerCommand } from "../../../src/cli/player/keys.ts";
import { play } from "../../../src/cli/player/player.ts";
import type { Stage } from "../../../src/cli/player/stage.ts";
import type { Beat } from "../../../src/timeline/pace.ts";
import { scribe } from "../../support/made-events.ts";

/** Plays four events; the person does what is scripted for the moment before each event, and then waits. */
async function played(script: Readonly<Record<number, readonly PlayerCommand[]>>, ms = 1_000) {
  const { events, add } = scribe();
  for (const reason of ["a", "b", "c"]) add("run.interrupted", { reason });
  const beats: readonly Beat[] = events.map((event) => ({ event, ms, skipped: null }));
  const told: (string | number)[] = [];
  const stage: Stage = {
    tell: ({ event }) => void told.push(event.rseq),
    note: (text) => void told.push(text),
    restart: () => void told.push("anew"),
    close: () => {},
  };
  const posted: PlayerCommand[] = [];
  const waiting: ((command: PlayerCommand) => void)[] = [];
  const asked = new Map<number, number>();
  const end = await play({
    run: "R-AAAA",
    beats,
    stage,
    command: () => new Promise((resolve) => waiting.push(resolve)),
    // A command that is due comes before the time has passed.
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    onWait: ({ event }) => {
      const nth = asked.get(event.rseq) ?? 0;
      asked.set(event.rseq, nth + 1);
      const command = script[event.rseq]?.[nth];
      if (command === undefined) return;
      posted.push(command);
      queueMicrotask(() => waiting.shift()?.(command));
    },
  });
  return { told, end };
}

test("without keys everything is told in order", async () => {
  expect(await played({})).toEqual({ told: [1, 2, 3, 4], end: "over" });
});

test("a pause holds until it is lifted, and next tells one event and holds", async () => {
  const { told, end } = await played({
    2: [{ type: "pause" }, { type: "next" }],
    3: [{ type: "pause" }],
    4: [{ type: "quit" }],
  });
  expect({ told, end }).toEqual({ told: [1, 2, 3], end: "left" });
});

test("a jump ahead tells what lies between, and one back begins anew", async () => {
  const jump = (to: number): PlayerCommand => ({ type: "jump", to });
  const { told } = await played({ 2: [jump(3)], 4: [jump(2), { type: "quit" }], 3: [{ type: "quit" }] });
  expect(told).toEqual([1, 2, 3, "anew", "Back to #2:", 1, 2]);
});
