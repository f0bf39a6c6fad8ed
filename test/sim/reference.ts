/**
 * The reference: what the events of one run may be, read from its sketch and from nothing of the engine. It knows one
 * place in the runbook and what is open there; an event that does not belong there is the engine's mistake.
 */
import type { RunEvent } from "../../src/model/event.ts";
import { insist } from "./insist.ts";
import { OpenGate } from "./open-gate.ts";
import { Running } from "./running.ts";
import type { Sketch } from "./sketch.ts";
import { Walk } from "./walk.ts";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** Why a run may rest. */
export type Rest = "ended" | "gate" | "timer" | "child" | "faulted";

/** Knows what the next event of a run may be. */
export interface Follower {
  /** Throws what is wrong with this event after all that came before it. */
  readonly follow: (event: RunEvent) => void;
  /** Null when the engine has something left to do. */
  readonly rests: () => Rest | null;
}

export class Reference implements Follower {
  readonly #walk: Walk;
  readonly #running = new Running();
  readonly #gate: OpenGate;
  /** The word of a person about an attempt in doubt. */
  #word: string | null = null;
  #timer: string | null = null;
  #child: string | null = null;
  #cancel = false;
  #faulted = false;
  #end: string | null = null;

  /** `isTimeTrue`: the wall clock has not been set, so that times can be compared. */
  constructor(sketch: Sketch, isTimeTrue: () => boolean) {
    this.#walk = new Walk(sketch);
    this.#gate = new OpenGate(isTimeTrue);
  }

  rests(): Rest | null {
    if (this.#end !== null) return "ended";
    if (this.#cancel) return null;
    if (this.#faulted) return "faulted";
    if (this.#gate.isOpen()) return this.#gate.isApproved() ? null : "gate";
    if (this.#child !== null) return "child";
    return this.#timer === null ? null : "timer";
  }

  follow(event: RunEvent): void {
    switch (event.type) {
      case "step.started":
        return this.#started(event);
      case "step.succeeded":
        return this.#succeeded(event);
      case "step.failed":
        this.#running.giveUp(event);
        return this.#walk.fail(event.data.failure.code);
      case "step.cancelled":
        insist(this.#cancel, "a step is cancelled in a run that is not");
        return this.#running.giveUp(event);
      case "step.inDoubt":
        return this.#running.insistOn(event);
      case "step.reconciled":
        return this.#reconciled(event);
      case "gate.opened":
        return this.#opened(event);
      case "gate.closed":
        insist(event.data.why !== "cancelled" || this.#cancel, "a gate is dropped");
        return this.#gate.close(event);
      case "approval.granted":
        return this.#gate.grant(event);
      case "approval.denied":
        this.#gate.deny(event);
        return this.#walk.reject();
      case "approval.revoked":
        return this.#gate.revoke(event);
      case "approval.used":
        this.#insistOnLife();
        this.#gate.use(event);
        return this.#walk.next();
      case "decision.made":
        if (this.#gate.decide(event) === "inDoubt") this.#word = event.data.choice;
        else this.#walk.choose(event.data.choice);
        return;
      case "timer.armed":
        return this.#armed(event);
      case "timer.fired":
      case "timer.cancelled":
        return this.#timerEnded(event);
      case "child.started":
        return this.#childStarted(event);
      case "child.ended":
        return this.#childEnded(event);
      case "cancel.requested":
        this.#cancel = true;
        return;
      case "run.faulted":
        insist(this.#walk.isBroken(), "a run is parked where nothing throws");
        this.#faulted = true;
        return;
      case "run.succeeded":
      case "run.failed":
      case "run.cancelled":
        return this.#ended(event);
      default:
        // What is told on the way moves nothing.
        return;
    }
  }

  #started(event: Of<"step.started">): void {
    this.#insistOnLife();
    const { step } = event.data;
    const isNext = this.#isAt("step", step) && this.#walk.phase === "attempt";
    insist(isNext, `\`${step}\` is not next`);
    insist(!this.#walk.isBroken(), `\`${step}\` has no input`);
    this.#running.start(event);
  }

  #succeeded(event: Of<"step.succeeded">): void {
    this.#running.succeed(event);
    // The simulated host has made it.
    const { route, good } = event.data.output as { readonly route: number; readonly good: boolean };
    this.#walk.succeed(route, good);
  }

  #reconciled(event: Of<"step.reconciled">): void {
    const { verdict, by } = event.data;
    this.#running.insistOn(event);
    insist(!this.#gate.isOpen(), "an attempt is settled while a person is asked about it");
    if (by === "operator")
      insist(this.#word === (verdict === "done" ? "done" : "again"), "nobody has said so");
    this.#word = null;
    if (verdict === "not done") this.#running.undo(event);
  }

  #opened(event: Of<"gate.opened">): void {
    const { kind, step, gate } = event.data;
    if (kind !== "inDoubt") this.#insistOnLife();
    insist(this.#asksFor(kind, step), `gate \`${gate}\` is not asked for here`);
    this.#gate.open(event);
  }

  #asksFor(kind: Of<"gate.opened">["data"]["kind"], step: string): boolean {
    if (kind === "inDoubt") return !this.#running.isIdle() && step === this.#walk.at;
    if (this.#walk.phase === "decide") return kind === "choice" && step === `${this.#walk.at}.decide`;
    return this.#isAt(kind === "approval" ? "gate" : kind, step);
  }

  #armed({ data: { timer } }: Of<"timer.armed">): void {
    this.#insistOnLife();
    const isWanted = this.#walk.phase === "backoff" || this.#walk.node().type === "wait";
    insist(isWanted, "nothing waits here");
    insist(this.#timer === null, "two timers at once");
    this.#timer = timer;
  }

  #timerEnded({ type, data: { timer } }: Of<"timer.fired" | "timer.cancelled">): void {
    insist(this.#timer === timer, `timer \`${timer}\` is not armed`);
    this.#timer = null;
    if (type === "timer.cancelled") insist(this.#cancel, "a timer is dropped");
    else this.#walk.wake();
  }

  #childStarted({ data: { step, run } }: Of<"child.started">): void {
    this.#insistOnLife();
    insist(this.#isAt("child", step) && this.#walk.phase === "attempt", "no child is wanted here");
    insist(this.#child === null, "a second child at once");
    this.#child = run;
  }

  #childEnded({ data: { run, status } }: Of<"child.ended">): void {
    insist(this.#child === run, "another child has ended");
    this.#child = null;
    if (status === "succeeded") this.#walk.next();
    else this.#walk.fail(null);
  }

  #ended({ type, data }: Of<"run.succeeded" | "run.failed" | "run.cancelled">): void {
    insist(this.#end === null, "a run ends twice");
    const isIdle = this.#running.isIdle() && this.#child === null;
    insist(isIdle, "a run ends before what it has started");
    insist(!this.#gate.isOpen() && this.#timer === null, "a run ends with something open");
    const { at } = this.#walk;
    const unmet = at === "succeeded" ? this.#walk.unmet().join() : "";
    const due = this.#cancel ? "cancelled" : unmet === "" ? at : "failed";
    this.#end = type.slice("run.".length);
    insist(this.#end === due, `it has ${this.#end} where it should have ${due}`);
    const told = "criteria" in data ? data.criteria.join() : "";
    if (due !== "cancelled") insist(told === unmet, `unmet are ${unmet}, not ${told}`);
  }

  #isAt(type: string, name: string): boolean {
    return this.#walk.at === name && this.#walk.node().type === type;
  }

  #insistOnLife(): void {
    insist(!this.#cancel, "something new in a run that is being cancelled");
    insist(!this.#faulted, "something new in a parked run");
    insist(this.#end === null, "something new after the end");
  }
}
