import type { RunEvent } from "../../src/model/event.ts";
import { insist } from "./insist.ts";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;
interface Tried {
  readonly data: { readonly step: string; readonly attempt: number };
}

/** The attempt of a run that is under way: there is one at a time, and keys are handed on as promised. */
export class Running {
  #now: { readonly step: string; readonly attempt: number; readonly key: string } | null = null;
  /** An attempt that certainly did not happen: the next one has to take its key over. */
  #undone: { readonly step: string; readonly attempt: number; readonly key: string } | null = null;
  readonly #attempts = new Map<string, number>();
  readonly #keys = new Set<string>();

  isIdle(): boolean {
    return this.#now === null;
  }

  start({ data: { step, attempt, key } }: Of<"step.started">): void {
    insist(this.#now === null, `\`${step}\` starts while another attempt runs`);
    insist(attempt === (this.#attempts.get(step) ?? 0) + 1, `attempt ${attempt} is out of turn`);
    if (this.#undone === null) insist(!this.#keys.has(key), "a key is used for another effect");
    else insist(this.#undone.key === key, "an attempt that did not happen did not hand its key on");
    this.#now = { step, attempt, key };
    this.#undone = null;
    this.#attempts.set(step, attempt);
    this.#keys.add(key);
  }

  insistOn({ data: { step, attempt } }: Tried): void {
    const isThis = this.#now?.step === step && this.#now.attempt === attempt;
    insist(isThis, `attempt ${attempt} of \`${step}\` does not run`);
  }

  succeed(event: Of<"step.succeeded">): void {
    this.insistOn(event);
    this.#now = null;
  }

  /** What certainly did not happen may still be told as failed or cancelled. */
  giveUp(event: Of<"step.failed" | "step.cancelled">): void {
    const { step, attempt } = event.data;
    const wasUndone = this.#undone?.step === step && this.#undone.attempt === attempt;
    if (!wasUndone) this.insistOn(event);
    this.#now = null;
    this.#undone = null;
  }

  undo(event: Of<"step.reconciled">): void {
    this.insistOn(event);
    this.#undone = this.#now;
    this.#now = null;
  }
}
