import type { GateKind, RunEvent } from "../../src/model/event.ts";
import { insist } from "./insist.ts";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;
interface Named {
  readonly data: { readonly gate: string; readonly digest?: string };
}

interface Open {
  readonly step: string;
  readonly digest: string;
  readonly kind: GateKind;
  /** How many different people have to approve. */
  readonly wanted: number;
  readonly grants: readonly { readonly by: string; readonly useBy: string | null }[];
  /** The run has gone on without it. */
  readonly isLeft: boolean;
}

/** The gates of a run that are open: one for each thing that is asked about, and each answer names what it showed. */
export class Gates {
  readonly #names = new Set<string>();
  readonly #open = new Map<string, Open>();

  isIdle(): boolean {
    return this.#open.size === 0;
  }

  hasLeft(): boolean {
    return [...this.#open.values()].some(({ isLeft }) => isLeft);
  }

  /** What the run still waits for about this. */
  about(step: string): "answer" | "nothing" | "its use" {
    const open = [...this.#open.values()].find((one) => one.step === step && !one.isLeft);
    if (open === undefined) return "nothing";
    return isApproved(open) ? "its use" : "answer";
  }

  isLeft({ data: { gate } }: Named): boolean {
    return this.#open.get(gate)?.isLeft === true;
  }

  stepOf({ data: { gate } }: Named): string {
    return this.#open.get(gate)?.step ?? "";
  }

  open({ data: { gate, step, digest, kind, approvals = 1 } }: Of<"gate.opened">): void {
    const isAsked = [...this.#open.values()].some((one) => one.step === step);
    insist(!isAsked, `two gates at once about \`${step}\``);
    insist(!this.#names.has(gate), "two gates of one name");
    this.#names.add(gate);
    this.#open.set(gate, { step, digest, kind, wanted: approvals, grants: [], isLeft: false });
  }

  leave(step: string): void {
    for (const [gate, open] of this.#open)
      if (open.step === step) this.#open.set(gate, { ...open, isLeft: true });
  }

  close(event: Of<"gate.closed">): void {
    const open = this.#asked(event);
    const { why, gate } = event.data;
    if (why === "expired") insist(!isApproved(open), "a gate expires that was approved");
    if (why === "approval expired") insist(isApproved(open), "an approval expires that nobody gave");
    this.#open.delete(gate);
  }

  grant(event: Of<"approval.granted">): void {
    const open = this.#asked(event, "approval");
    insist(!isApproved(open), "approved twice");
    const by = event.actor.id;
    insist(!open.grants.some((grant) => grant.by === by), "one person counts as two");
    this.#open.set(event.data.gate, { ...open, grants: [...open.grants, { by, useBy: event.data.useBy }] });
  }

  deny(event: Of<"approval.denied">): void {
    const open = this.#asked(event, "approval");
    insist(!isApproved(open), "denied after an approval");
    this.#answer(event, open);
  }

  revoke(event: Of<"approval.revoked">): void {
    const open = this.#asked(event, "approval");
    insist(open.grants.length > 0, "revoked what nobody approved");
    this.#answer(event, open);
  }

  use(event: Of<"approval.used">): void {
    const open = this.#asked(event, "approval");
    insist(isApproved(open), "fewer have approved than have to");
    const inTime = open.grants.every(({ useBy }) => useBy === null || useBy > event.at);
    insist(inTime, "an approval is used that has expired");
    this.#open.delete(event.data.gate);
  }

  /** An answer says what it was about. */
  decide(event: Of<"decision.made" | "input.given">): GateKind {
    const open = this.#asked(event);
    this.#answer(event, open);
    return open.kind;
  }

  /** What comes too late is kept, and the gate is closed all the same. */
  #answer({ data: { gate } }: Named, { isLeft }: Open): void {
    if (!isLeft) this.#open.delete(gate);
  }

  #asked({ data: { gate, digest } }: Named, kind?: GateKind): Open {
    const open = this.#open.get(gate);
    insist(open !== undefined, `gate \`${gate}\` is not open`);
    insist(digest === undefined || open.digest === digest, `gate \`${gate}\` showed something else`);
    insist(kind === undefined || open.kind === kind, `gate \`${gate}\` asks for ${open.kind}`);
    return open;
  }
}

function isApproved({ wanted, grants }: Open): boolean {
  return grants.length >= wanted;
}
