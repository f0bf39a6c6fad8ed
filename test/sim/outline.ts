import type { RunEvent } from "../../src/model/event.ts";
import { Gates } from "./gates.ts";
import { insist } from "./insist.ts";
import type { Follower, Rest } from "./reference.ts";
import { Running } from "./running.ts";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** What holds for every run of one step at a time, whatever its runbook says: for runbooks that have no sketch. */
export class Outline implements Follower {
  /** For a step, the gate before it. */
  readonly #guards: Readonly<Record<string, string>>;
  readonly #running = new Running();
  readonly #gates: Gates;
  readonly #approved = new Set<string>();
  /** What the gate that is open is about: there is one at a time. */
  #asked: string | null = null;
  #timer: string | null = null;
  #child: string | null = null;
  #isParked = false;
  #isCancelled = false;
  #isOver = false;

  constructor(guards: Readonly<Record<string, string>>) {
    this.#guards = guards;
    this.#gates = new Gates();
  }

  rests(): Rest | null {
    if (this.#isOver) return "ended";
    if (this.#isCancelled) return null;
    if (this.#isParked) return "faulted";
    if (this.#asked !== null) return this.#gates.about(this.#asked) === "answer" ? "gate" : null;
    if (this.#child !== null) return "child";
    return this.#timer === null ? null : "timer";
  }

  follow(event: RunEvent): void {
    insist(!this.#isOver || event.type === "cancel.requested", "the run has ended");
    switch (event.type) {
      case "step.started":
        return this.#started(event);
      case "step.succeeded":
        return this.#running.succeed(event);
      case "step.failed":
      case "step.cancelled":
        return this.#running.giveUp(event);
      case "step.inDoubt":
        return this.#running.insistOn(event);
      case "step.reconciled":
        if (event.data.verdict === "not done") this.#running.undo(event);
        return;
      case "gate.opened":
        insist(this.#asked === null, "two gates at once");
        this.#asked = event.data.step;
        this.#approved.delete(event.data.step);
        return this.#gates.open(event);
      case "approval.granted":
        return this.#gates.grant(event);
      case "gate.closed":
      case "approval.denied":
      case "approval.revoked":
      case "approval.used":
      case "decision.made":
        return this.#answered(event);
      default:
        return this.#moved(event);
    }
  }

  #answered(
    event: Of<"gate.closed" | "approval.denied" | "approval.revoked" | "approval.used" | "decision.made">,
  ): void {
    if (event.type === "gate.closed") this.#gates.close(event);
    if (event.type === "approval.denied") this.#gates.deny(event);
    if (event.type === "approval.revoked") this.#gates.revoke(event);
    if (event.type === "approval.used") {
      this.#approved.add(this.#gates.stepOf(event));
      this.#gates.use(event);
    }
    if (event.type === "decision.made") this.#gates.decide(event);
    this.#asked = null;
  }

  #started(event: Of<"step.started">): void {
    const guard = this.#guards[event.data.step];
    insist(guard === undefined || this.#approved.has(guard), `\`${guard}\` was not approved`);
    insist(!this.#isCancelled && !this.#isParked, "something new in a run that is being given up");
    insist(this.#running.isIdle(), "two attempts at once");
    this.#running.start(event);
  }

  #moved({ type, data }: RunEvent): void {
    if (type === "timer.armed") this.#timer = data.timer;
    if (type === "timer.fired" || type === "timer.cancelled") this.#timer = null;
    if (type === "child.started") this.#child = data.run;
    if (type === "child.ended") this.#child = null;
    if (type === "run.faulted") this.#isParked = true;
    if (type === "cancel.requested") this.#isCancelled = true;
    if (!/^run\.(succeeded|failed|cancelled)$/.test(type)) return;
    const isIdle = this.#running.isIdle() && this.#child === null && this.#gates.isIdle();
    insist(isIdle, "a run ends before what it has started");
    this.#isOver = true;
  }
}
