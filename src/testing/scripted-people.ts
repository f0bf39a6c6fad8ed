import { decisionOf, answersAt, type AttributedAnswer } from "../engine/scripted-answers.ts";
import { decide } from "../engine/decide.ts";
import { toMilliseconds } from "../model/duration.ts";
import { RunbookError } from "../model/error.ts";
import type { Actor, Gate } from "../model/event.ts";
import { summarise } from "../model/summary.ts";
import type { SharedLog } from "./memory-host.ts";
import { nameOf } from "./path.ts";
import type { Simulation } from "./simulation.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What happens to people who answer a gate that has closed meanwhile. */
const tooLate: ReadonlySet<string> = new Set(["GATE_NOT_OPEN", "GATE_EXPIRED", "GATE_CHANGED", "RUN_ENDED"]);

const approver: Actor = { kind: "human", id: "approver", identified: "claimed" };

/** Whoever answers the gates of a simulation; no engine's death makes them forget. */
export interface SimulatedPeople {
  /** Whether an answer is on its way. */
  readonly isBusy: () => boolean;
  /** Rejects when an answer does not fit. */
  readonly refused: Promise<never>;
}

interface SimulationWorld {
  readonly log: SharedLog;
  readonly clock: VirtualClock;
  readonly runbookOf: (run: string) => string;
}

export function createPeople(
  { answers = {}, cancelAt, isRecorded }: Pick<Simulation, "answers" | "cancelAt" | "isRecorded">,
  { log, clock, runbookOf }: SimulationWorld,
): SimulatedPeople {
  const given = new Map<string, number>();
  const { begin, isBusy, refused } = createErrands();
  const never = new AbortController().signal;

  function answerOf(run: string, { step }: Gate): AttributedAnswer | undefined {
    const place = `${runbookOf(run)}/${step}`;
    const all = answersAt(answers, place, step);
    const nth = given.get(place) ?? 0;
    given.set(place, nth + 1);
    return all[isRecorded === true ? nth : Math.min(nth, all.length - 1)];
  }

  async function give(run: string, gate: Gate, answer: AttributedAnswer): Promise<void> {
    const { by = approver.id, after = "1m" } = typeof answer === "string" ? {} : answer;
    await clock.sleepUntil(new Date(clock.now().getTime() + toMilliseconds(after)), never);
    const events = log.events(run);
    const actor: Actor = { kind: "human", id: by, identified: "claimed" };
    const deciding = {
      run,
      gate: gate.gate,
      digest: gate.digest,
      decision: decisionOf(gate, answer, "simulated"),
      actor,
    };
    try {
      const draft = decide(events, deciding, clock.now());
      log.append({ drafts: [draft], seen: new Map([[run, events.length]]) });
    } catch (error) {
      if (!(error instanceof RunbookError && tooLate.has(error.code))) throw error;
    }
  }

  async function cancel(run: string): Promise<void> {
    await clock.sleepUntil(new Date(clock.now().getTime() + 1_000), never);
    const data = { reason: "simulated" };
    log.append({ drafts: [{ run, type: "cancel.requested", actor: approver, data }], seen: new Map() });
  }

  function ask(run: string, gate: Gate): void {
    const answer = answerOf(run, gate);
    if (answer !== undefined) begin(give(run, gate, answer));
  }

  log.watch((events) => {
    for (const event of events) {
      if ([cancelAt ?? []].flat().some((state) => state === nameOf(event))) begin(cancel(event.run));
      if (event.type === "gate.opened") ask(event.run, event.data);
      if (event.type !== "approval.granted") continue;
      // One yes of several that are needed: the next person is asked.
      const { gates } = summarise(log.events(event.run));
      const gate = gates.find((open) => open.gate === event.data.gate);
      if (gate !== undefined) ask(event.run, gate);
    }
  });
  return { isBusy, refused };
}

/** What the operator has set out to do and not yet done. */
function createErrands(): SimulatedPeople & { readonly begin: (errand: Promise<void>) => void } {
  const underWay = new Set<Promise<void>>();
  let refuse: (error: unknown) => void = ignoreLate;
  const refused = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  // Nobody may be listening when it happens.
  refused.catch(ignoreLate);
  return {
    begin: (errand) => {
      underWay.add(errand);
      errand.catch(refuse).finally(() => underWay.delete(errand));
    },
    isBusy: () => underWay.size > 0,
    refused,
  };
}

function ignoreLate(): void {}
