/**
 * The reference: what the events of one run may be, read from its sketch and from nothing of the engine. It knows one
 * place in the runbook and what is open there; an event that does not belong there is the engine's mistake.
 */
import type { GateKind, RunEvent } from "../../src/model/event.ts";
import type { Node, Sketch, StepNode } from "./sketch.ts";

export interface Reference {
  /** Throws what is wrong with this event after all that came before it. */
  readonly follow: (event: RunEvent) => void;
  /** Why it may rest here; null when the engine has something left to do. */
  readonly rests: () => "ended" | "gate" | "timer" | "child" | "faulted" | null;
}

interface Open {
  readonly gate: string;
  readonly digest: string;
  readonly kind: GateKind;
  /** Until when an approval that was granted may be used; undefined while there is none. */
  readonly useBy: string | null | undefined;
}

type Phase = "attempt" | "backoff" | "decide";
type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;
type Approval = Of<"approval.granted" | "approval.denied" | "approval.revoked" | "approval.used">;
type Ended = Of<"run.succeeded" | "run.failed" | "run.cancelled">;

const ends = ["succeeded", "failed", "cancelled"];

export function createReference({ nodes }: Sketch, isTimeTrue: () => boolean): Reference {
  return new Walk(nodes, isTimeTrue);
}

class Walk implements Reference {
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #isTimeTrue: () => boolean;
  #at: string;
  #phase: Phase = "attempt";
  #tries = 0;
  #running: { readonly attempt: number; readonly key: string } | null = null;
  /** The key of an attempt that certainly did not happen: the next one has to take it over. */
  #handedOn: string | null = null;
  readonly #attempts = new Map<string, number>();
  readonly #keys = new Set<string>();
  readonly #gates = new Set<string>();
  #open: Open | null = null;
  /** The word of a person about an attempt in doubt. */
  #word: string | null = null;
  #timer: string | null = null;
  #child: string | null = null;
  readonly #good = new Map<string, boolean>();
  #cancel = false;
  #faulted = false;
  #end: string | null = null;

  constructor(nodes: readonly Node[], isTimeTrue: () => boolean) {
    this.#isTimeTrue = isTimeTrue;
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#at = nodes[0]?.name ?? "succeeded";
  }

  rests(): ReturnType<Reference["rests"]> {
    if (this.#end !== null) return "ended";
    if (this.#faulted && !this.#cancel) return "faulted";
    if (this.#cancel) return null;
    if (this.#open !== null) return this.#open.useBy === undefined ? "gate" : null;
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
        return this.#failed(event);
      case "step.cancelled":
        this.#expect(this.#cancel, "a step is cancelled in a run that is not");
        this.#expectTold(event);
        this.#running = null;
        return;
      case "step.inDoubt":
        return this.#expectAttempt(event);
      case "step.reconciled":
        return this.#reconciled(event);
      case "gate.opened":
        return this.#opened(event);
      case "gate.closed":
        return this.#closed(event);
      case "approval.granted":
        this.#expectApproval(event, false);
        this.#open = this.#open && { ...this.#open, useBy: event.data.useBy };
        return;
      case "approval.denied":
        this.#expectApproval(event, false);
        this.#open = null;
        return this.#enter(this.#rejected());
      case "approval.revoked":
        this.#expectApproval(event, true);
        this.#open = null;
        return;
      case "approval.used":
        this.#expectLive();
        this.#expectApproval(event, true);
        this.#expect(this.#mayUse(event.at), "an approval is used that has expired");
        this.#open = null;
        return this.#enter(this.#node().next);
      case "decision.made":
        return this.#decided(event);
      case "timer.armed":
        return this.#armed(event);
      case "timer.fired":
      case "timer.cancelled":
        return this.#timerEnded(event);
      case "child.started":
        this.#expectLive();
        this.#expect(
          this.#node().type === "child" && event.data.step === this.#at,
          "no child is wanted here",
        );
        this.#expect(this.#child === null && this.#phase === "attempt", "a second child at once");
        this.#child = event.data.run;
        return;
      case "child.ended":
        this.#expect(this.#child === event.data.run, "another child has ended");
        this.#child = null;
        return event.data.status === "succeeded" ? this.#enter(this.#node().next) : this.#fail(null);
      case "cancel.requested":
        this.#cancel = true;
        return;
      case "run.faulted":
        this.#expect(this.#isBroken(), "a run is parked where nothing throws");
        this.#faulted = true;
        return;
      case "run.succeeded":
      case "run.failed":
      case "run.cancelled":
        return this.#ended(event);
      case "run.started":
        this.#expect(event.rseq === 1, "a run starts twice");
        return;
      case "criterion.evaluated":
      case "finding.recorded":
      case "followUp.added":
      case "input.given":
      case "lease.acquired":
      case "plan.used":
      case "run.interrupted":
      case "run.migrated":
      case "run.resumed":
        return;
    }
  }

  #started({ data: { step, attempt, key } }: Of<"step.started">): void {
    this.#expectLive();
    const { type } = this.#node();
    this.#expect(
      type === "step" && step === this.#at && this.#phase === "attempt",
      `\`${step}\` is not next`,
    );
    this.#expect(this.#running === null, `\`${step}\` already runs`);
    this.#expect(!this.#isBroken(), `\`${step}\` has no input`);
    this.#expect(attempt === (this.#attempts.get(step) ?? 0) + 1, `attempt ${attempt} is out of turn`);
    if (this.#handedOn === null) this.#expect(!this.#keys.has(key), "a key is used for another effect");
    else this.#expect(this.#handedOn === key, "an attempt that did not happen did not hand its key on");
    this.#running = { attempt, key };
    this.#handedOn = null;
    this.#attempts.set(step, attempt);
    this.#keys.add(key);
  }

  #succeeded(event: Of<"step.succeeded">): void {
    this.#expectAttempt(event);
    // The simulated host has made it.
    const { route, good } = event.data.output as { readonly route: number; readonly good: boolean };
    const node = this.#step();
    this.#good.set(node.name, good);
    this.#running = null;
    this.#enter(node.routes[route - 1] ?? node.next);
  }

  #failed(event: Of<"step.failed">): void {
    const { failure } = event.data;
    this.#expectTold(event);
    this.#running = null;
    this.#handedOn = null;
    this.#fail(failure.code);
  }

  #fail(code: string | null): void {
    const node = this.#node();
    const { retry, rescue } = node.type === "step" ? node : { retry: null, rescue: [] };
    if (retry?.code === code && retry !== null && this.#tries < retry.times) {
      this.#tries += 1;
      this.#phase = "backoff";
      return;
    }
    const saved = rescue.find((way) => way.code === code);
    if (saved !== undefined) return this.#enter(saved.to);
    this.#phase = "decide";
  }

  #reconciled(event: Of<"step.reconciled">): void {
    this.#expectAttempt(event);
    const { verdict, by } = event.data;
    if (by === "operator") {
      this.#expect(this.#word === (verdict === "done" ? "done" : "again"), "nobody has said so");
      this.#word = null;
    }
    this.#expect(this.#open === null, "an attempt is settled while a person is asked about it");
    if (verdict !== "not done" || this.#running === null) return;
    this.#handedOn = this.#running.key;
    this.#running = null;
  }

  #opened({ data: { gate, digest, kind, step } }: Of<"gate.opened">): void {
    if (kind !== "inDoubt") this.#expectLive();
    this.#expect(this.#open === null, "two gates at once");
    this.#expect(!this.#gates.has(gate), "two gates of one name");
    const { type } = this.#node();
    const asked =
      kind === "inDoubt"
        ? this.#running !== null && step === this.#at
        : this.#phase === "decide"
          ? kind === "choice" && step === `${this.#at}.decide`
          : type === (kind === "approval" ? "gate" : kind) && step === this.#at;
    this.#expect(asked, `gate \`${gate}\` is not asked for here`);
    this.#gates.add(gate);
    this.#open = { gate, digest, kind, useBy: undefined };
  }

  #mayUse(at: string): boolean {
    return !this.#isTimeTrue() || (this.#open?.useBy ?? at) >= at;
  }

  #closed({ data: { gate, why } }: Of<"gate.closed">): void {
    this.#expectOpen(gate);
    const isGranted = this.#open?.useBy !== undefined;
    if (why === "expired") this.#expect(!isGranted, "a gate expires that was approved");
    if (why === "approval expired") this.#expect(isGranted, "an approval expires that nobody gave");
    if (why === "cancelled") this.#expect(this.#cancel, "a gate is dropped");
    this.#open = null;
  }

  #rejected(): string {
    const node = this.#node();
    return node.type === "gate" ? node.onReject : "failed";
  }

  #decided({ data: { gate, digest, choice } }: Of<"decision.made">): void {
    const kind = this.#open?.kind;
    this.#expectOpen(gate, digest, kind ?? "choice");
    this.#open = null;
    if (kind === "inDoubt") {
      this.#word = choice;
      return;
    }
    const node = this.#node();
    if (this.#phase !== "decide") return this.#enter(choice);
    const step = node.type === "step" ? node : null;
    if (choice === "cancel") return this.#enter("cancelled");
    if (choice === "skip") {
      this.#expect(step?.skip === true, "skipped what must not be skipped");
      this.#good.set(node.name, false);
      return this.#enter(node.next);
    }
    if (step !== null && step.again !== null) return this.#enter(step.again);
    this.#phase = "attempt";
  }

  #armed({ data: { timer } }: Of<"timer.armed">): void {
    this.#expectLive();
    this.#expect(this.#phase === "backoff" || this.#node().type === "wait", "nothing waits here");
    this.#expect(this.#timer === null, "two timers at once");
    this.#timer = timer;
  }

  #timerEnded({ type, data: { timer } }: Of<"timer.fired" | "timer.cancelled">): void {
    this.#expect(this.#timer === timer, `timer \`${timer}\` is not armed`);
    this.#timer = null;
    if (type === "timer.cancelled") return this.#expect(this.#cancel, "a timer is dropped");
    if (this.#phase === "backoff") this.#phase = "attempt";
    else this.#enter(this.#node().next);
  }

  #ended({ type, data }: Ended): void {
    this.#expect(this.#end === null, "a run ends twice");
    this.#expect(this.#running === null && this.#child === null, "a run ends before what it has started");
    this.#expect(this.#open === null && this.#timer === null, "a run ends with something open");
    const end = type.slice("run.".length);
    if (end === "cancelled") this.#expect(this.#cancel || this.#at === "cancelled", "nobody cancelled it");
    else {
      const unmet = this.#unmet();
      this.#expect(!this.#cancel, "a cancelled run ends otherwise");
      const expected = this.#at === "succeeded" && unmet.length === 0 ? "succeeded" : "failed";
      this.#expect(
        ends.includes(this.#at) && this.#at !== "cancelled" && end === expected,
        `${end} at ${this.#at}`,
      );
      const told = "criteria" in data ? data.criteria.join() : "";
      if (this.#at === "succeeded")
        this.#expect(told === unmet.join(), `unmet are ${unmet.join()}, not ${told}`);
    }
    this.#end = end;
  }

  #unmet(): readonly string[] {
    return [...this.#nodes.values()].flatMap((node) =>
      node.type === "step" && node.criterion && this.#good.get(node.name) !== true ? [node.name] : [],
    );
  }

  #enter(name: string): void {
    this.#at = name;
    this.#phase = "attempt";
    this.#tries = 0;
  }

  #node(): Node {
    const node = this.#nodes.get(this.#at);
    if (node === undefined) throw new Error(`the run has reached ${this.#at}`);
    return node;
  }

  #step(): StepNode {
    const node = this.#node();
    if (node.type !== "step") throw new Error(`\`${node.name}\` is not a step`);
    return node;
  }

  #isBroken(): boolean {
    const node = this.#nodes.get(this.#at);
    return node?.type === "step" && node.broken && this.#phase === "attempt";
  }

  #expectLive(): void {
    this.#expect(!this.#cancel, "something new in a run that is being cancelled");
    this.#expect(!this.#faulted, "something new in a parked run");
    this.#expect(this.#end === null, "something new after the end");
  }

  #expectAttempt({
    data: { step, attempt },
  }: {
    readonly data: { readonly step: string; readonly attempt: number };
  }): void {
    this.#expect(
      step === this.#at && this.#running?.attempt === attempt,
      `attempt ${attempt} of \`${step}\` does not run`,
    );
  }

  /** What certainly did not happen may still be told as failed or cancelled. */
  #expectTold(event: Of<"step.failed" | "step.cancelled">): void {
    const { step, attempt } = event.data;
    const wasUndone = this.#handedOn !== null && this.#attempts.get(step) === attempt && step === this.#at;
    if (!wasUndone) this.#expectAttempt(event);
  }

  #expectOpen(gate: string, digest?: string, kind?: GateKind): void {
    const open = this.#open;
    this.#expect(open?.gate === gate, `gate \`${gate}\` is not open`);
    if (digest !== undefined) this.#expect(open?.digest === digest, `gate \`${gate}\` showed something else`);
    if (kind !== undefined) this.#expect(open?.kind === kind, `gate \`${gate}\` asks for ${open?.kind}`);
  }

  #expectApproval({ data: { gate, digest } }: Approval, isGranted: boolean): void {
    this.#expectOpen(gate, digest, "approval");
    this.#expect(
      (this.#open?.useBy !== undefined) === isGranted,
      isGranted ? "nobody approved" : "approved twice",
    );
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) throw new Error(otherwise);
  }
}
