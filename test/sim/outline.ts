import type { RunEvent } from "../../src/model/event.ts";
import { insist } from "./insist.ts";
import { OpenGate } from "./open-gate.ts";
import type { Follower, Rest } from "./reference.ts";
import { Running } from "./running.ts";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** What holds for every run of one step at a time, whatever its runbook says: for runbooks that have no sketch. */
export class Outline implements Follower {
  /** For a step, the gate before it. */
  readonly #guards: Readonly<Record<string, string>>;
  readonly #running = new Running();
  readonly #gate: OpenGate;
  readonly #gateSteps = new Map<string, string>();
  readonly #approved = new Set<string>();
  #timer: string | null = null;
  #child: string | null = null;
  #isParked = false;
  #isCancelled = false;
  #isOver = false;

  constructor(guards: Readonly<Record<string, string>>, isTimeTrue: () => boolean) {
    this.#guards = guards;
    this.#gate = new OpenGate(isTimeTrue);
  }

  rests(): Rest | null {
    if (this.#isOver) return "ended";
    if (this.#isCancelled) return null;
    if (this.#isParked) return "faulted";
    if (this.#gate.isOpen()) return this.#gate.isApproved() ? null : "gate";
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
        this.#gateSteps.set(event.data.gate, event.data.step);
        this.#approved.delete(event.data.step);
        return this.#gate.open(event);
      case "gate.closed":
        return this.#gate.close(event);
      case "approval.granted":
        return this.#gate.grant(event);
      case "approval.denied":
        return this.#gate.deny(event);
      case "approval.revoked":
        return this.#gate.revoke(event);
      case "approval.used":
        this.#approved.add(this.#gateSteps.get(event.data.gate) ?? "");
        return this.#gate.use(event);
      case "decision.made":
        this.#gate.decide(event);
        return;
      default:
        return this.#moved(event);
    }
  }

  #started(event: Of<"step.started">): void {
    const guard = this.#guards[event.data.step];
    insist(guard === undefined || this.#approved.has(guard), `\`${guard}\` was not approved`);
    insist(!this.#isCancelled && !this.#isParked, "something new in a run that is being given up");
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
    const isIdle = this.#running.isIdle() && this.#child === null && !this.#gate.isOpen();
    insist(isIdle, "a run ends before what it has started");
    this.#isOver = true;
  }
}
