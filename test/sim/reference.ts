/**
 * The reference: what the events of one run may be, read from its sketch and from nothing of the engine. It knows the
 * places in the runbook where the run stands and what is open there; an event that does not belong there is the
 * engine's mistake. What is open where the run no longer stands is left: it only has to end.
 */
import type { RunEvent } from "../../src/model/event.ts";
import { Approved } from "./approved.ts";
import { Gates } from "./gates.ts";
import { insist } from "./insist.ts";
import { Running } from "./running.ts";
import type { Sketch } from "./sketch.ts";
import { Waiting } from "./waiting.ts";
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
  readonly #gates: Gates;
  readonly #approved: Approved;
  readonly #timers = new Waiting();
  readonly #children = new Waiting();
  /** The words of people about attempts in doubt. */
  readonly #words = new Map<string, string>();
  #cancel: "no" | "cleaning up" | "at once" = "no";
  #faulted = false;
  #end: string | null = null;

  constructor(sketch: Sketch) {
    this.#gates = new Gates();
    this.#approved = new Approved();
    this.#walk = new Walk(sketch, (name) => this.#leave(name));
  }

  rests(): Rest | null {
    if (this.#end !== null) return "ended";
    const mayEnd = this.#cancel !== "no" || this.#walk.isAtEnd();
    if (mayEnd && this.#onlyChildren()) return "child";
    if (this.#isGivenUp()) return null;
    if (this.#faulted) return "faulted";
    if (this.#running.hasLeft() || this.#gates.hasLeft() || this.#timers.hasLeft()) return null;
    const rests = this.#walk.spots().map(({ node: { name } }) => this.#restsAt(name));
    return rests.includes(null) ? null : (rests[0] ?? null);
  }

  follow(event: RunEvent): void {
    this.#approved.follow(event);
    switch (event.type) {
      case "step.started":
        return this.#started(event);
      case "step.refused":
        return this.#refused(event);
      case "step.succeeded":
      case "step.failed":
      case "step.cancelled":
        return this.#attemptEnded(event);
      case "step.inDoubt":
        return this.#running.insistOn(event);
      case "step.reconciled":
        return this.#reconciled(event);
      case "gate.opened":
        return this.#opened(event);
      case "gate.closed":
        return this.#closed(event);
      case "approval.granted":
        return this.#gates.grant(event);
      case "approval.revoked":
        return this.#gates.revoke(event);
      case "approval.denied":
      case "approval.used":
      case "decision.made":
      case "input.given":
        return this.#answered(event);
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
        return this.#cancelled();
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
    const { step } = event.data;
    this.#insistOnLife();
    insist(this.#stands(step, "attempt", ["step"]), `\`${step}\` is not next`);
    this.#running.start(event);
  }

  /** Only a person can have said no: simulated writes are about nothing that could be another one. */
  #refused({ data: { step, failure } }: Of<"step.refused">): void {
    this.#insistOnLife();
    insist(this.#stands(step, "attempt", ["step"]), `\`${step}\` is not next`);
    insist(failure.code === "APPROVAL_DENIED", `\`${step}\` is refused: ${failure.code}`);
    this.#running.refuse(step);
    if (!this.#walk.isBroken()) this.#walk.fail(step, failure.code);
  }

  /** Whether a write asks for itself, because no gate has allowed it. */
  #isOfWrite(name: string): boolean {
    return this.#walk.spot(name)?.node.type === "step";
  }

  #attemptEnded(event: Of<"step.succeeded" | "step.failed" | "step.cancelled">): void {
    const { step } = event.data;
    const isLeft = this.#running.isLeft(event);
    if (event.type === "step.succeeded") this.#running.succeed(event);
    else this.#running.giveUp(event);
    if (event.type === "step.cancelled") return insist(isLeft || this.#isGivenUp(), "a step is cancelled");
    if (isLeft || this.#walk.isBroken()) return;
    // The simulated host has made the output.
    if (event.type === "step.succeeded") this.#walk.succeed(step, event.data.output as never);
    else this.#walk.fail(step, event.data.failure.code);
  }

  #reconciled(event: Of<"step.reconciled">): void {
    const { step, verdict, by } = event.data;
    this.#running.insistOn(event);
    insist(this.#gates.about(step) === "nothing", "an attempt is settled while a person is asked about it");
    const word = verdict === "done" ? "done" : "again";
    if (by === "operator") insist(this.#words.get(step) === word, "nobody has said so");
    this.#words.delete(step);
    if (verdict === "not done") this.#running.undo(event);
  }

  #opened(event: Of<"gate.opened">): void {
    const { kind, step, gate } = event.data;
    if (kind !== "inDoubt") this.#insistOnLife();
    insist(this.#asksFor(kind, step), `gate \`${gate}\` is not asked for here`);
    this.#gates.open(event);
  }

  #asksFor(kind: Of<"gate.opened">["data"]["kind"], step: string): boolean {
    if (kind === "inDoubt") return this.#running.has(step);
    if (kind === "approval") return this.#stands(step, "attempt", ["gate", "step"]);
    if (kind === "input") return this.#stands(step, "attempt", ["ask"]);
    const about = step.endsWith(".decide") ? step.slice(0, -".decide".length) : "";
    return (
      this.#stands(step, "attempt", ["choice", "manual"]) || this.#stands(about, "decide", ["step", "child"])
    );
  }

  #closed(event: Of<"gate.closed">): void {
    const mayDrop = this.#gates.isLeft(event) || this.#isGivenUp();
    insist(event.data.why !== "cancelled" || mayDrop, "a gate is dropped");
    this.#gates.close(event);
  }

  #answered(event: Of<"approval.denied" | "approval.used" | "decision.made" | "input.given">): void {
    const isLeft = this.#gates.isLeft(event);
    const step = this.#gates.stepOf(event);
    const name = step.replace(/\.decide$/, "");
    switch (event.type) {
      case "approval.denied":
        this.#gates.deny(event);
        return isLeft || this.#isOfWrite(step) ? undefined : this.#walk.reject(name);
      case "approval.used":
        this.#insistOnLife();
        insist(!isLeft, "an approval is used where the run no longer stands");
        this.#gates.use(event);
        return this.#isOfWrite(step) ? undefined : this.#walk.next(name);
      case "input.given":
        this.#gates.decide(event);
        return isLeft ? undefined : this.#walk.next(name);
      case "decision.made": {
        const kind = this.#gates.decide(event);
        if (isLeft) return;
        if (kind === "inDoubt") this.#words.set(step, event.data.choice);
        else this.#walk.choose(name, event.data.choice);
      }
    }
  }

  #armed({ data: { timer } }: Of<"timer.armed">): void {
    this.#insistOnLife();
    // It is named after the state that waits.
    const name = timer.split(".").findLast((part) => this.#walk.spot(part) !== undefined) ?? "";
    const isWanted = this.#stands(name, "backoff", ["step"]) || this.#stands(name, "attempt", ["wait"]);
    insist(isWanted, "nothing waits here");
    this.#timers.begin(timer, name);
  }

  #timerEnded({ type, data: { timer } }: Of<"timer.fired" | "timer.cancelled">): void {
    const { name, isLeft } = this.#timers.end(timer);
    if (type === "timer.cancelled") return insist(isLeft || this.#isGivenUp(), "a timer is dropped");
    insist(!isLeft, "a timer wakes what the run has left");
    this.#walk.wake(name);
  }

  #childStarted({ data: { step, run } }: Of<"child.started">): void {
    this.#insistOnLife();
    insist(this.#stands(step, "attempt", ["child"]), "no child is wanted here");
    this.#children.begin(run, step);
  }

  #childEnded({ data: { run, status } }: Of<"child.ended">): void {
    const { name, isLeft } = this.#children.end(run);
    if (isLeft || this.#walk.isBroken()) return;
    if (status === "succeeded") this.#walk.next(name);
    else this.#walk.fail(name, null);
  }

  #cancelled(): void {
    const isFirst = this.#cancel === "no";
    this.#cancel = isFirst && this.#walk.cleanUp() ? "cleaning up" : "at once";
  }

  #ended({ type, data }: Of<"run.succeeded" | "run.failed" | "run.cancelled">): void {
    insist(this.#end === null, "a run ends twice");
    insist(this.#running.isIdle() && this.#children.isIdle(), "a run ends before what it has started");
    insist(this.#gates.isIdle() && this.#timers.isIdle(), "a run ends with something open");
    insist(this.#isGivenUp() || this.#walk.isAtEnd(), "a run ends in the middle");
    const { at } = this.#walk;
    const unmet = at === "succeeded" ? this.#walk.unmet().join() : "";
    const due = this.#cancel !== "no" ? "cancelled" : unmet === "" ? at : "failed";
    this.#end = type.slice("run.".length);
    insist(this.#end === due, `it has ${this.#end} where it should have ${due}`);
    const told = "criteria" in data ? data.criteria.join() : "";
    if (due !== "cancelled") insist(told === unmet, `unmet are ${unmet}, not ${told}`);
  }

  /** Whether the run stands at this node, of one of these types, and nothing has begun there. */
  #stands(name: string, phase: string, types: readonly string[]): boolean {
    const spot = this.#walk.spot(name);
    return spot?.phase === phase && types.includes(spot.node.type) && this.#restsAt(name) === null;
  }

  /** What is waited for at a node; null when the engine has something to do there. */
  #restsAt(name: string): Rest | null {
    const asked = this.#gates.about(this.#walk.spot(name)?.phase === "decide" ? `${name}.decide` : name);
    if (asked !== "nothing") return asked === "answer" ? "gate" : null;
    if (this.#children.has(name)) return "child";
    return this.#timers.has(name) ? "timer" : null;
  }

  #leave(name: string): void {
    this.#running.leave(name);
    this.#words.delete(name);
    this.#timers.leave(name);
    this.#children.leave(name);
    this.#gates.leave(name);
    this.#gates.leave(`${name}.decide`);
  }

  /** A child run that is to end may clean up first, and what it asks meanwhile is for people to answer. */
  #onlyChildren(): boolean {
    const isIdle = this.#running.isIdle() && this.#gates.isIdle() && this.#timers.isIdle();
    return isIdle && (this.#isGivenUp() ? !this.#children.isIdle() : this.#children.hasLeft());
  }

  #hasLeft(): boolean {
    return [this.#running, this.#gates, this.#timers, this.#children].some((open) => open.hasLeft());
  }

  /** Whether the run only ends what it has begun. */
  #isGivenUp(): boolean {
    return this.#cancel === "at once" || (this.#cancel === "cleaning up" && this.#walk.isBroken());
  }

  #insistOnLife(): void {
    insist(!this.#isGivenUp(), "something new in a run that is being cancelled");
    insist(this.#cancel === "no" || !this.#hasLeft(), "a clean-up begins before what it is about has ended");
    insist(!this.#walk.isBroken(), "something new in a run that cannot go on");
    insist(this.#end === null, "something new after the end");
  }
}
