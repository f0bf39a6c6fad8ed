import type { GateKind, RunEvent } from "../../src/model/event.ts";
import { insist } from "./insist.ts";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;
interface Named {
  readonly data: { readonly gate: string; readonly digest?: string };
}

interface Open {
  readonly gate: string;
  readonly digest: string;
  readonly kind: GateKind;
  /** Until when an approval that was granted may be used; undefined while there is none. */
  readonly useBy: string | null | undefined;
}

/** The gate of a run that is open: there is one at a time, and each answer names what it showed. */
export class OpenGate {
  readonly #isTimeTrue: () => boolean;
  readonly #names = new Set<string>();
  #open: Open | null = null;

  constructor(isTimeTrue: () => boolean) {
    this.#isTimeTrue = isTimeTrue;
  }

  isOpen(): boolean {
    return this.#open !== null;
  }

  isApproved(): boolean {
    return this.#open !== null && this.#open.useBy !== undefined;
  }

  open({ data: { gate, digest, kind } }: Of<"gate.opened">): void {
    insist(this.#open === null, "two gates at once");
    insist(!this.#names.has(gate), "two gates of one name");
    this.#names.add(gate);
    this.#open = { gate, digest, kind, useBy: undefined };
  }

  close(event: Of<"gate.closed">): void {
    this.#asked(event);
    const { why } = event.data;
    if (why === "expired") insist(!this.isApproved(), "a gate expires that was approved");
    if (why === "approval expired") insist(this.isApproved(), "an approval expires that nobody gave");
    this.#open = null;
  }

  grant(event: Of<"approval.granted">): void {
    const open = this.#asked(event, "approval");
    insist(!this.isApproved(), "approved twice");
    this.#open = { ...open, useBy: event.data.useBy };
  }

  deny(event: Of<"approval.denied">): void {
    this.#asked(event, "approval");
    insist(!this.isApproved(), "denied after an approval");
    this.#open = null;
  }

  revoke(event: Of<"approval.revoked">): void {
    this.#asked(event, "approval");
    insist(this.isApproved(), "revoked what nobody approved");
    this.#open = null;
  }

  use(event: Of<"approval.used">): void {
    const { useBy } = this.#asked(event, "approval");
    insist(useBy !== undefined, "nobody approved");
    const inTime = useBy === null || useBy >= event.at || !this.#isTimeTrue();
    insist(inTime, "an approval is used that has expired");
    this.#open = null;
  }

  /** Closes the gate by a decision and says what it was about. */
  decide(event: Of<"decision.made">): GateKind {
    const { kind } = this.#asked(event);
    this.#open = null;
    return kind;
  }

  #asked({ data: { gate, digest } }: Named, kind?: GateKind): Open {
    const open = this.#open;
    insist(open?.gate === gate, `gate \`${gate}\` is not open`);
    insist(digest === undefined || open.digest === digest, `gate \`${gate}\` showed something else`);
    insist(kind === undefined || open.kind === kind, `gate \`${gate}\` asks for ${open.kind}`);
    return open;
  }
}
