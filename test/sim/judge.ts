/**
 * The judge sees every stored event and every effect, at the moment they happen, and knows the promises:
 *
 * J1  Each event is one that the sketch allows there.
 * J2  An attempt has an effect only after its start is stored, and at most once.
 * J3  An effect is had again only after somebody said that it had not happened; with a token or a process, never.
 * J4  What succeeded has had its effect.
 * J5  Nothing is stored by an engine whose lease another has taken.
 * J6  What was acknowledged stays.
 * J7  Every run comes to an end when bad luck does and people answer.
 * J8  A write that its own engine lost, and that did not happen, has failed: it is not tried for ever.
 * J9  Replayed from its events alone, a run is what was stored of it.
 */
import type { RunEvent } from "../../src/model/event.ts";
import type { Follower } from "./reference.ts";
import type { Shape } from "./shapes.ts";
import type { Kind } from "./sketch.ts";

/** One effect in the world, as it happens. */
export interface Effect {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  /** Whether the world took it for one that it had before. */
  readonly isKnown: boolean;
  /** Whether the engine had been suspended since it was told to go. */
  readonly isLate: boolean;
}

export interface Judge {
  readonly stored: (
    events: readonly RunEvent[],
    writer: { readonly epoch: number; readonly held: number },
  ) => void;
  readonly effect: (effect: Effect) => void;
  readonly follower: (run: string) => Follower | undefined;
  /** Everything is over: what is left to say about the whole. */
  readonly close: (log: readonly RunEvent[], isOver: boolean) => void;
}

/** Attempts that are one effect: each but the last certainly did not happen. */
interface Chain {
  readonly kind: Kind;
  readonly attempts: Set<number>;
  effects: number;
  isLate: boolean;
  isOver: boolean;
}

export class Verdict extends Error {
  override readonly name = "Verdict";
}

export function createJudge(shape: Shape): Judge {
  const followers = new Map<string, Follower>();
  const chains = new Map<string, Chain>();
  const starts = new Map<string, Chain>();
  const had = new Set<string>();
  /** Which engine stored the start of an attempt, by its epoch. */
  const begun = new Map<string, number>();
  let acknowledged = 0;

  function begin(event: RunEvent): void {
    if (event.type !== "run.started") return;
    followers.set(event.run, shape.follower(event.data.runbook.id));
  }

  function follow(event: RunEvent): void {
    begin(event);
    try {
      followers.get(event.run)?.follow(event);
    } catch (error) {
      throw new Verdict(`J1 ${told(event)}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (event.type === "step.started") start(event);
    if (event.type === "step.failed" || event.type === "step.cancelled") endChain(event);
    if (event.type === "step.succeeded") {
      const chain = chains.get(`${event.run}/${event.data.step}`);
      if (chain !== undefined && chain.kind !== "sim.look" && chain.effects === 0)
        throw new Verdict(`J4 ${told(event)}: it succeeded without an effect`);
      endChain(event);
    }
  }

  function start({ run, data }: Extract<RunEvent, { readonly type: "step.started" }>): void {
    const { step, attempt } = data;
    const place = `${run}/${step}`;
    const open = chains.get(place);
    const chain: Chain =
      open === undefined || open.isOver
        ? { kind: shape.kindOf(data.kind), attempts: new Set(), effects: 0, isLate: false, isOver: false }
        : open;
    chain.attempts.add(attempt);
    chains.set(place, chain);
    starts.set(`${place}/${attempt}`, chain);
  }

  function insistOnFailure(event: RunEvent, next: RunEvent | undefined, epoch: number): void {
    if (event.type === "step.started") begun.set(placeOf(event), epoch);
    if (event.type !== "step.reconciled" || event.data.by !== "probe") return;
    const isOwn = begun.get(placeOf(event)) === epoch;
    if (isOwn && event.data.verdict === "not done" && next?.type !== "step.failed")
      throw new Verdict(`J8 ${told(event)}: it is tried again by itself`);
  }

  function endChain({ run, data }: { readonly run: string; readonly data: { readonly step: string } }): void {
    const chain = chains.get(`${run}/${data.step}`);
    if (chain !== undefined) chain.isOver = true;
  }

  return {
    follower: (run) => followers.get(run),
    stored: (events, { epoch, held }) => {
      acknowledged += events.length;
      const [first] = events;
      if (first !== undefined && epoch !== held)
        throw new Verdict(`J5 ${told(first)}: epoch ${epoch} has written while ${held} holds the run`);
      events.forEach(follow);
      events.forEach((event, index) => insistOnFailure(event, events[index + 1], epoch));
    },
    effect: ({ run, step, attempt, isKnown, isLate }) => {
      const name = `${run}/${step}/${attempt}`;
      const chain = starts.get(name);
      if (chain === undefined) throw new Verdict(`J2 ${name} has had an effect before its start was stored`);
      if (had.has(name)) throw new Verdict(`J2 ${name} has had its effect twice`);
      had.add(name);
      if (isKnown) return;
      chain.effects += 1;
      chain.isLate ||= isLate;
      const mayRepeat = chain.kind === "sim.call" && chain.isLate;
      if (chain.effects > 1 && !mayRepeat)
        throw new Verdict(`J3 ${name} repeats an effect that has happened`);
    },
    close: (log, isOver) => {
      if (!isOver) throw new Verdict("J7 there is no end to it");
      for (const [run, follower] of followers)
        if (follower.rests() !== "ended") throw new Verdict(`J7 run ${run} is stuck`);
      if (log.length !== acknowledged)
        throw new Verdict(`J6 ${acknowledged} events were acknowledged, ${log.length} are there`);
    },
  };
}

function placeOf(event: Extract<RunEvent, { readonly type: "step.started" | "step.reconciled" }>): string {
  const { step, attempt } = event.data;
  return `${event.run}/${step}/${attempt}`;
}

function told({ seq, run, type }: RunEvent): string {
  return `event ${seq} (${type} of ${run})`;
}
