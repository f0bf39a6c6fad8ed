/** Practice runs whose engines are killed at random moments until so many kills are done. */
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isOf } from "../../../src/model/event.ts";
import { readState } from "../../../src/process/records.ts";
import { rootEvents, wordsAfter } from "./chain.ts";
import { compare, effectsOf, isUnlocked } from "./ledger.ts";
import type { Ended, Engine, Place } from "./place.ts";

/** What the kills did, in figures: all but the first three and the last must be 0, and these two the same. */
export interface Toll {
  readonly kills: number;
  readonly runs: number;
  readonly running: number;
  readonly doubled: number;
  readonly missing: number;
  readonly locked: number;
  readonly stuck: number;
  readonly adopted: number;
}

/** Kills that are still to be done, shared by all that do them. */
export interface Quota {
  left: number;
}

export interface Moments {
  readonly random: (below: number) => number;
  /** The latest moment of a kill, in milliseconds after the engine's first word; one of four comes before that word. */
  readonly latest: number;
}

/** Of one run: it must be able to end. */
const mostKills = 15;
const bootTime = 1_000;

/** Takes one run to its end, killing its engine again and again while there are kills left. */
export async function killThrough(place: Place, quota: Quota, moments: Moments): Promise<Toll> {
  let kills = 0;
  let last: Ended | undefined;
  const running = new Set<string>();
  while (last === undefined) {
    const engine = place.start(wordsAfter(place));
    const ended = await Promise.race([
      engine.ended,
      ...(quota.left > 0 && kills < mostKills ? [moment(engine, moments)] : []),
    ]);
    if (ended !== "now") last = ended;
    else if (quota.left > 0 && engine.child.kill("SIGKILL")) {
      await engine.ended;
      quota.left -= 1;
      kills += 1;
      for (const attempt of runningIn(place)) running.add(attempt);
    } else last = await engine.ended;
  }
  const entries = await place.ledger();
  const isStuck = rootEvents(place.events()).at(-1)?.type !== "run.succeeded";
  if (isStuck) process.stderr.write(`\nSTUCK in ${place.dir}: ${JSON.stringify(last)}\n`);
  const adopted = [...running].filter((attempt) => wasAdopted(place, attempt));
  if (adopted.length < running.size)
    process.stderr.write(`\nNOT ADOPTED in ${place.dir}: ${[...running].join()}\n`);
  return {
    kills,
    runs: 1,
    running: running.size,
    ...compare(effectsOf(entries)),
    locked: isUnlocked(entries) ? 0 : 1,
    stuck: isStuck ? 1 : 0,
    adopted: adopted.length,
  };
}

async function moment({ child }: Engine, { random, latest }: Moments): Promise<"now"> {
  const isEarly = random(4) === 0;
  // Mostly soon, and now and then late enough for a step that takes some seconds.
  const wait = isEarly ? random(bootTime) : latest * (random(1_000) / 1_000) ** 2;
  if (!isEarly && child.stdout !== null) await once(child.stdout, "data");
  return sleep(wait, "now");
}

export const nothing: Toll = {
  kills: 0,
  runs: 0,
  running: 0,
  doubled: 0,
  missing: 0,
  locked: 0,
  stuck: 0,
  adopted: 0,
};

export function add(one: Toll, other: Toll): Toll {
  return {
    kills: one.kills + other.kills,
    runs: one.runs + other.runs,
    running: one.running + other.running,
    doubled: one.doubled + other.doubled,
    missing: one.missing + other.missing,
    locked: one.locked + other.locked,
    stuck: one.stuck + other.stuck,
    adopted: one.adopted + other.adopted,
  };
}

/** The attempts, as `KEY/NUMBER`, of which a command runs although its engine is dead. */
function runningIn({ dir }: Place): readonly string[] {
  const root = path.join(dir, ".runwright", "children");
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => path.basename(name) === "command.json")
    .map((name) => path.dirname(name))
    .filter((folder) => readState(path.join(root, folder)).state === "running")
    .map((folder) => path.dirname(folder).split(path.sep).slice(-2).join("/"));
}

function wasAdopted(place: Place, attempt: string): boolean {
  const events = place.events();
  const started = events.find(
    (event) => isOf(event, "step.started") && `${event.data.key}/${event.data.attempt}` === attempt,
  );
  if (started === undefined || !isOf(started, "step.started")) return false;
  const { step, attempt: number } = started.data;
  return events.some(
    (event) =>
      event.run === started.run &&
      isOf(event, "step.reconciled") &&
      event.data.step === step &&
      event.data.attempt === number &&
      event.data.verdict === "adopted",
  );
}
