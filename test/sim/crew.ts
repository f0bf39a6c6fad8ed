/** The engines: the real driver on a host that dies, is suspended, and is taken over. */
import { drive, type DriveEnd } from "../../src/engine/drive.ts";
import type { AppendResult, Host, LoadedRuns, Batch } from "../../src/engine/host.ts";
import { RunbookError } from "../../src/model/error.ts";
import { engineActor, type RunEvent } from "../../src/model/event.ts";
import { createRecordClock } from "../../src/model/record-clock.ts";
import { createMint } from "../../src/testing/memory-host.ts";
import { fromEvents } from "../support/restoring.ts";
import { ana } from "./people.ts";
import { spoilt, toldWrongly } from "./sabotage.ts";
import type { Scene } from "./scene.ts";
import type { Caller } from "./world.ts";

export interface Crew {
  /** Somebody starts an engine, unless one drives the run. */
  readonly launch: () => void;
  readonly launchLater: (delay: number) => void;
  /** The engine that works now dies. */
  readonly kill: () => void;
  /** The operator of the engine that works now presses Ctrl-C. */
  readonly interrupt: () => void;
}

interface Watcher {
  readonly seen: ReadonlyMap<string, number>;
  readonly resolve: (events: readonly RunEvent[]) => void;
}

interface Engine extends Caller {
  readonly id: number;
  readonly epoch: number;
  readonly stop: AbortController;
  readonly watchers: Set<Watcher>;
  suspendedAt: number;
  isOver: boolean;
  isLoaded: boolean;
  /** Events of the turn that it stored last. */
  lastTurn: number;
}

/** A lease that nobody renews for so long may be taken. */
const timeToLive = 15_000;
const never = new Promise<never>(() => {});

export function createCrew(scene: Scene): Crew {
  const { stage, dice, judge, world, log, counts, note, misfortune, guilty, sabotage } = scene;
  const engines: Engine[] = [];
  const ids = createMint(stage.clockOf().now);
  /** When somebody else has last added something. */
  let heardAt = 0;
  const working = (): Engine | undefined =>
    engines.find(({ isOver, epoch }) => !isOver && epoch === log.epoch);

  function launchLater(delay: number): void {
    stage.later(delay, launch);
  }

  function launch(): void {
    if (judge.follower(scene.run)?.rests() === "ended") return;
    const holder = working();
    if (holder !== undefined) {
      const isSilent = holder.asleepUntil > stage.now() && stage.now() - holder.suspendedAt >= timeToLive;
      if (!isSilent) return;
      counts.takeovers += 1;
    }
    log.epoch += 1;
    counts.engines += 1;
    const engine = createEngine(engines.length + 1, log.epoch);
    engines.push(engine);
    note(`engine ${engine.id} takes the run`);
    const data = { epoch: engine.epoch, host: "here", pid: engine.id, user: "ana" };
    const drafts = [{ run: scene.run, type: "lease.acquired", actor: engineActor, data }] as const;
    log.append({ drafts, seen: new Map() }, engine.epoch);
    const host = hostOf(engine);
    const isPatient = engine.id > 2;
    const options = {
      operator: ana,
      wait: isPatient || dice.chance(50),
      patience: isPatient ? Number.MAX_SAFE_INTEGER : 60_000,
      resumed: engine.id === 1 ? null : "again",
      stop: engine.stop.signal,
      onEvents: () => {},
      ...(scene.restore ? { carryOver: fromEvents(host, scene.run) } : {}),
    };
    drive(host, scene.run, options).then(
      (end) => ended(engine, end),
      (error: unknown) => failed(engine, error),
    );
  }

  function createEngine(id: number, epoch: number): Engine {
    const engine: Engine = {
      id,
      epoch,
      dead: false,
      asleepUntil: 0,
      suspendedAt: 0,
      stop: new AbortController(),
      watchers: new Set(),
      isOver: false,
      isLoaded: false,
      lastTurn: 0,
      isFenced: () => epoch !== log.epoch,
      point: async (where) => {
        await stage.wait(dice.below(3), engine);
        if (misfortune(4)) {
          die(engine, where);
          return never;
        }
        if (misfortune(3)) {
          suspend(engine, where);
          await stage.wait(0, engine);
        }
      },
    };
    return engine;
  }

  function die(engine: Engine, where: string): void {
    note(`engine ${engine.id} dies ${where}`);
    counts.deaths += 1;
    engine.dead = true;
    engine.isOver = true;
    if (sabotage === "kill loses a turn") log.lose(engine.lastTurn);
    launchLater(dice.chance(85) ? dice.between(1, 60_000) : dice.between(1, 3_600_000));
  }

  function suspend(engine: Engine, where: string): void {
    note(`engine ${engine.id} is suspended ${where}`);
    counts.suspensions += 1;
    engine.suspendedAt = stage.now();
    engine.asleepUntil = stage.now() + dice.between(timeToLive, 4 * timeToLive);
    launchLater(dice.between(timeToLive, 3 * timeToLive));
  }

  function ended(engine: Engine, end: DriveEnd): void {
    engine.isOver = true;
    note(`engine ${engine.id} ends: ${end.type}`);
    if (end.type === "ended" || engine.isFenced()) return;
    const rests = log.family().map((run) => judge.follower(run)?.rests());
    // What it could not know yet is not its fault.
    const isInformed = stage.now() - Math.max(heardAt, engine.asleepUntil) > 200;
    if (end.type === "paused" && isInformed && rests.includes(null))
      return guilty(new Error(`an engine pauses with something left to do`));
    if (end.type === "faulted") {
      if (!rests.includes("faulted")) return guilty(new Error("an engine gives up a run that is not parked"));
      const data = { reason: "it is parked" };
      const drafts = [{ run: scene.run, type: "cancel.requested", actor: ana, data }] as const;
      log.append({ drafts, seen: new Map() }, null);
    }
    // Long enough, now and then, for an approval to expire unused.
    launchLater(dice.chance(85) ? dice.between(1, 600_000) : dice.between(1, 3_600_000));
  }

  function failed(engine: Engine, error: unknown): void {
    engine.isOver = true;
    const isFenced = error instanceof RunbookError && error.code === "LEASE_LOST";
    note(`engine ${engine.id} ${isFenced ? "has lost its lease" : "breaks"}`);
    if (!isFenced || !engine.isFenced()) return guilty(error);
    launchLater(dice.between(1, 60_000));
  }

  function hostOf(engine: Engine): Host {
    const { now: wall, sleepUntil } = stage.clockOf(engine);
    const { now: steady } = stage;
    const { now, jumps } = createRecordClock({ wall, steady, awakeOrAsleep: steady, last: log.lastAt });
    return {
      clock: {
        now,
        sleepUntil: (due, signal) => {
          const left = due.getTime() - now().getTime();
          return sleepUntil(new Date(wall().getTime() + left), signal);
        },
      },
      jumps,
      ids: { ...ids, now },
      load: async () => {
        if (!engine.isLoaded) await engine.point("before it has read the run");
        engine.isLoaded = true;
        return loaded();
      },
      commit: (turn) => commit(engine, turn),
      perform: (attempt, { signal }) => world.perform(engine, attempt, signal),
      probe: (attempt, signal) => world.probe(engine, attempt, signal),
      hasProcess: (attempt) => world.hasProcess(attempt),
      watchForeignEvents: (seen, signal) => others(engine, seen, signal),
    };
  }

  function loaded(): LoadedRuns {
    const runs = log.family().map((run) => {
      const events = toldWrongly(sabotage, log.events(run));
      const [first] = events;
      const id = first?.type === "run.started" ? first.data.runbook.id : "";
      return { runbook: scene.shape.runbook.family.get(id) ?? scene.shape.runbook, events };
    });
    return { runs };
  }

  async function commit(engine: Engine, turn: Batch): Promise<AppendResult> {
    await engine.point("before a commit");
    if (sabotage === "effect before commit") forceEffects(turn);
    if (engine.isFenced() && sabotage !== "fence ignored")
      throw new RunbookError("LEASE_LOST", `Another process has taken over ${scene.run}.`);
    const committed = log.append(spoilt(sabotage, turn, ids.key), engine.epoch);
    if (committed.type === "stored") engine.lastTurn = committed.events.length;
    await engine.point("after a commit");
    return committed;
  }

  function forceEffects({ drafts }: Batch): void {
    for (const { type, run, data } of drafts)
      if (type === "step.started" && data.effect === "write") world.force(run, data.step, data.attempt);
  }

  function others(engine: Engine, seen: Watcher["seen"], signal: AbortSignal): Promise<readonly RunEvent[]> {
    return new Promise((resolve, reject) => {
      const watcher: Watcher = { seen, resolve };
      if (sabotage === "deaf engine") return;
      engine.watchers.add(watcher);
      signal.addEventListener(
        "abort",
        () => {
          engine.watchers.delete(watcher);
          reject(signal.reason);
        },
        { once: true },
      );
      if (log.after(seen).length > 0) look(engine);
    });
  }

  /** As it would if it looked every tenth of a second. */
  function look(engine: Engine): void {
    stage.later(
      dice.between(1, 100),
      () => {
        for (const watcher of engine.watchers) {
          const news = log.after(watcher.seen);
          if (news.length === 0) continue;
          engine.watchers.delete(watcher);
          watcher.resolve(news);
        }
      },
      engine,
    );
  }

  log.onStored.push((_events, epoch) => {
    if (epoch === null) heardAt = stage.now();
    for (const engine of engines) {
      if (engine.isOver || engine.watchers.size === 0) continue;
      // It would hear of its own events too, which it knows: seldom is often enough.
      if (epoch !== engine.epoch || dice.chance(10)) look(engine);
    }
  });

  return {
    launch,
    launchLater,
    kill: () => {
      const engine = working();
      if (engine !== undefined) die(engine, "out of the blue");
    },
    interrupt: () => working()?.stop.abort(new Error("The operator pressed Ctrl-C.")),
  };
}
