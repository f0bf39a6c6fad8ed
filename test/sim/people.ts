/** The people: they answer what is asked, from elsewhere, sooner or later, and sometimes the wrong thing. */
import { decide, type Decision } from "../../src/engine/decide.ts";
import { RunbookError } from "../../src/model/error.ts";
import { revoke } from "../../src/engine/revoke.ts";
import { isOf, type Actor, type Draft, type Gate, type RunEvent } from "../../src/model/event.ts";
import { createRecordClock } from "../../src/model/record-clock.ts";
import type { Scene } from "./scene.ts";

export const ana: Actor = { kind: "human", id: "ana", identified: "os-user" };
const ben: Actor = { kind: "human", id: "ben", identified: "os-user" };

export interface People {
  readonly cancelLater: (delay: number) => void;
}

/** What a person hears whose answer comes too late. */
const late = [
  "APPROVAL_USED",
  "APPROVAL_UNKNOWN",
  "GATE_NOT_OPEN",
  "GATE_ANSWERED",
  "GATE_EXPIRED",
  "GATE_CHANGED",
  "RUN_ENDED",
  "APPROVAL_BY_REQUESTER",
  "APPROVER_EXCLUDED",
];

export function createPeople({
  stage,
  dice,
  world,
  log,
  counts,
  note,
  misfortune,
  guilty,
  run: root,
}: Scene): People {
  const { now: steady } = stage;
  const wall = stage.clockOf().now;
  // Each answer is a process of its own (`runwright approve`), which knows the clock and the log as they are then.
  const now = (): Date => createRecordClock({ wall, steady, awakeOrAsleep: steady, last: log.lastAt }).now();

  function answerLater(event: Extract<RunEvent, { readonly type: "gate.opened" }>): void {
    const { run, data: gate } = event;
    const delay = delayOf(gate);
    const actor = dice.chance(80) ? ben : ana;
    stage.later(delay, () => read(run, gate, actor));
    // Two people at once, now and then.
    if (dice.chance(10)) stage.later(delay + dice.below(4), () => read(run, gate, ben));
    else if (actor === ana || gate.approvals === 2)
      stage.later(delay + 1_000, () => read(run, gate, actor === ana ? ben : ana));
    if (dice.chance(3)) stage.later(delay, () => guess(run, gate));
  }

  /** Most answer soon, some late, and some in the very moment in which the gate expires. */
  function delayOf({ expiresAt }: Gate): number {
    if (expiresAt !== null && dice.chance(15)) {
      const left = new Date(expiresAt).getTime() - stage.clockOf().now().getTime();
      return Math.max(1, left + dice.between(-3, 3));
    }
    return dice.chance(85) ? dice.between(1, 60_000) : dice.between(1, 2_400_000);
  }

  /** Takes an approval back, unless it has been used. */
  function regret(run: string, gate: Gate): void {
    const events = log.events(run);
    const draft = tried(() =>
      revoke(events, { run, gate: gate.gate, reason: "on second thoughts", actor: ben }),
    );
    if (draft !== null) log.append({ drafts: [draft], seen: new Map([[run, events.length]]) }, null);
  }

  /** Reads, thinks for a moment, and writes; whoever was overtaken meanwhile reads again. */
  function read(run: string, gate: Gate, actor: Actor): void {
    const events = log.events(run);
    const readAt = now();
    const at = readAt.toISOString();
    const draft = tried(() =>
      decide(
        events,
        { run, gate: gate.gate, digest: gate.digest, decision: decisionOn(gate, events), actor },
        readAt,
      ),
    );
    if (draft === null) return;
    stage.later(dice.below(3), () => {
      const committed = log.append({ at, drafts: [draft], seen: new Map([[run, events.length]]) }, null);
      if (committed.type === "conflict") return read(run, gate, actor);
      counts.answers += 1;
      if (draft.type === "approval.granted" && dice.chance(15))
        stage.later(dice.chance(50) ? dice.below(5) : dice.below(60_000), () => regret(run, gate));
      note(`${actor.id} answers ${run}/${gate.gate}: ${draft.type}`);
    });
  }

  function tried(make: () => Draft): Draft | null {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof RunbookError && late.includes(error.code))) guilty(error);
      return null;
    }
  }

  /** An answer to something that nobody was shown is refused, and a form that lacks what it asks for. */
  function guess(run: string, gate: Gate): void {
    const isForm = gate.kind === "input" && dice.chance(50);
    const decision: Decision = isForm
      ? { type: "give", values: {} }
      : { type: "approve", reason: "whatever it is" };
    const digest = isForm ? gate.digest : "0".repeat(64);
    const refusal = isForm ? "INPUT_MISSING" : "GATE_CHANGED";
    try {
      decide(log.events(run), { run, gate: gate.gate, digest, decision, actor: ben }, now());
    } catch (error) {
      if (!(error instanceof RunbookError && [...late, refusal].includes(error.code))) guilty(error);
      return;
    }
    guilty(new Error(`gate ${gate.gate} took an answer that does not fit what it showed`));
  }

  function decisionOn(gate: Gate, events: readonly RunEvent[]): Decision {
    const reason = "I have looked";
    if (gate.kind === "approval") return { type: misfortune(20) ? "reject" : "approve", reason };
    if (gate.kind === "inDoubt") return honest(gate, events);
    if (gate.kind === "input") return { type: "give", values: { note: reason, count: dice.below(9) } };
    const open = gate.options.filter(({ disabled }) => disabled === null);
    const [usual] = open;
    const other = open[1 + dice.below(open.length - 1)] ?? usual;
    const choice = (misfortune(40) ? other : usual)?.id ?? "";
    return { type: "choose", choice, reason };
  }

  function honest({ step }: Gate, events: readonly RunEvent[]): Decision {
    const reason = "I have seen it";
    if (misfortune(5)) return { type: "choose", choice: "cancel", reason };
    const started = events.findLast((event) => event.type === "step.started" && event.data.step === step);
    if (started?.type !== "step.started") throw new Error(`\`${step}\` is in doubt and has not started.`);
    const { run, data } = started;
    if (!world.has(data.key)) return { type: "choose", choice: "again", reason };
    return { type: "choose", choice: "done", reason, output: world.usual(run, step, data.kind) };
  }

  log.onStored.push((events) => {
    for (const event of events) if (isOf(event, "gate.opened")) answerLater(event);
  });

  return {
    cancelLater: (delay) =>
      stage.later(delay, () => {
        const isOver = log.events(root).some(({ type }) => /^run\.(succeeded|failed|cancelled)$/.test(type));
        if (isOver) return;
        note("ben cancels the run");
        const data = { reason: "enough" };
        log.append(
          { drafts: [{ run: root, type: "cancel.requested", actor: ben, data }], seen: new Map() },
          null,
        );
      }),
  };
}
