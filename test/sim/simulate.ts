import { recompute } from "../../src/engine/recompute.ts";
import type { Draft, RunEvent } from "../../src/model/event.ts";
import { canonical } from "../../src/model/json.ts";
import { startOf } from "../../src/testing/memory-host.ts";
import { createMemoryLog } from "../../src/testing/memory-log.ts";
import { createCrew } from "./crew.ts";
import { createDice, type Dice } from "./dice.ts";
import { createJudge, Verdict, type Judge } from "./judge.ts";
import { ana, createPeople } from "./people.ts";
import type { Counts, Sabotage, Scene, SharedLog } from "./scene.ts";
import { shapeOf } from "./shapes.ts";
import { createStage, type Stage } from "./stage.ts";
import { createWorld } from "./world.ts";

export interface Options {
  /** Whether the engines drop their state after every turn. */
  readonly restore?: boolean;
  readonly sabotage?: Sabotage;
  readonly note?: (line: string) => void;
}

/** What happened in one simulation. */
export interface Life {
  readonly seed: number;
  readonly events: readonly RunEvent[];
  /** What was promised and not kept; null when all was. */
  readonly broken: string | null;
  readonly counts: Readonly<Counts>;
}

/** Jobs that no simulation needs, unless it turns in a circle. */
const endless = 20_000;
const root = "R-ROOT";

export async function simulate(seed: number, options: Options = {}): Promise<Life> {
  const verdict: { broken: string | null } = { broken: null };
  const scene = sceneOf(seed, options, verdict);
  const { stage, judge, log, counts } = scene;
  direct(scene);
  try {
    const isOver = await stage.play(endless);
    if (verdict.broken === null) {
      judge.close(log.all(), isOver);
      audit(scene);
    }
  } catch (error) {
    scene.guilty(error);
  }
  return { seed, events: log.all(), broken: verdict.broken, counts };
}

function sceneOf(seed: number, options: Options, verdict: { broken: string | null }): Scene {
  const dice = createDice(seed);
  const shape = shapeOf(seed);
  const stage = createStage();
  const note = (line: string): void => options.note?.(`${String(stage.now()).padStart(10)}  ${line}`);
  const misfortune = createLuck(dice);
  const counts = { engines: 0, deaths: 0, suspensions: 0, takeovers: 0, jumps: 0, answers: 0 };
  const judge = createJudge(shape);
  const log = createLog(stage, judge, ({ seq, run, type, data }) => {
    // To write every event out would take a good part of the time.
    if (options.note !== undefined) note(`${seq} ${run} ${type} ${JSON.stringify(data)}`);
  });
  const runbookOf = (run: string): string => {
    const [first] = log.events(run);
    return first?.type === "run.started" ? first.data.runbook.id : "";
  };
  const world = createWorld({ stage, shape, runbookOf, dice, judge, misfortune, note });
  const guilty = (error: unknown): void => {
    verdict.broken ??= error instanceof Verdict ? error.message : describe(error);
    stage.end();
  };
  const { sabotage = null, restore = false } = options;
  const shared = { run: root, log, counts, misfortune, note, guilty, sabotage, restore };
  return { stage, dice, judge, world, shape, ...shared };
}

/** Who enters when. */
function direct(scene: Scene): void {
  const { stage, dice, counts, log } = scene;
  const crew = createCrew(scene);
  const people = createPeople(scene);
  log.append({ drafts: [startOf(scene.shape.runbook, root, scene.shape.input, ana)], seen: new Map() }, null);
  crew.launchLater(1);
  if (dice.chance(25)) {
    const delay = dice.chance(50) ? dice.below(60_000) : dice.below(600_000);
    people.cancelLater(delay);
    if (dice.chance(20)) people.cancelLater(delay + dice.below(120_000));
    crew.launchLater(delay + 1);
  }
  if (dice.chance(20)) stage.later(dice.below(300_000), crew.interrupt);
  if (dice.chance(20)) stage.later(dice.below(300_000), crew.kill);
  if (dice.chance(20)) {
    stage.later(dice.below(600_000), () => {
      counts.jumps += 1;
      const size = dice.pick([1_000, 600_000, 172_800_000] as const);
      stage.jump(dice.chance(50) ? size : -size);
    });
  }
}

/** Bad luck is used up some time, so that every simulation ends. */
function createLuck(dice: Dice): (percent: number) => boolean {
  let left = dice.chance(10) ? 0 : dice.between(1, 8);
  return (percent) => {
    if (left === 0 || !dice.chance(percent)) return false;
    left -= 1;
    return true;
  };
}

function createLog(stage: Stage, judge: Judge, told: (event: RunEvent) => void): SharedLog {
  const clock = stage.clockOf();
  let log = createMemoryLog(clock.now);
  const onStored: SharedLog["onStored"] = [];
  const shared: SharedLog = {
    epoch: 0,
    onStored,
    append: (turn, epoch) => {
      const committed = log.append({ ...turn, drafts: turn.drafts.map(written) });
      if (committed.type === "conflict") return committed;
      const { events } = committed;
      events.forEach(told);
      judge.stored(events, { epoch: epoch ?? shared.epoch, held: shared.epoch });
      for (const tell of onStored) tell(events, epoch);
      return committed;
    },
    events: (run) => log.events(run),
    after: (seen) => log.after(seen),
    family: () => log.runTree(root),
    all: () => log.all(),
    lastAt: () => log.lastAt(),
    lose: (count) => {
      const kept = log.all().slice(0, log.all().length - count);
      log = createMemoryLog(clock.now);
      log.append({ drafts: kept, seen: new Map() });
    },
  };
  return shared;
}

/** As it is read again: a log keeps texts, not what was made. */
function written(draft: Draft): Draft {
  return { ...draft, data: JSON.parse(canonical(draft.data)) };
}

/** What an auditor would find: something stored that the events do not lead to. */
function audit({ log, shape }: Scene): void {
  for (const run of log.family()) {
    const [found] = recompute({
      events: log.events(run),
      snapshot: undefined,
      runbookOf: ({ id }) => shape.runbook.family.get(id) ?? shape.runbook,
    });
    if (found !== undefined) throw new Verdict(`J9 ${run} event ${found.rseq}: ${JSON.stringify(found)}`);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
