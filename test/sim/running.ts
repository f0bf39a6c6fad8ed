import type { RunEvent } from "../../src/model/event.ts";
import { insist } from "./insist.ts";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;
interface Tried {
  readonly data: { readonly step: string; readonly attempt: number };
}

interface Attempt {
  readonly attempt: number;
  readonly key: string;
  /** The run has gone on without it. */
  readonly isLeft: boolean;
}

/** The attempts of a run that are under way, one of each step, and how their keys are handed on. */
export class Running {
  readonly #now = new Map<string, Attempt>();
  /** Attempts that certainly did not happen: the next one of their step has to take the key over. */
  readonly #undone = new Map<string, Attempt>();
  readonly #attempts = new Map<string, number>();
  readonly #keys = new Set<string>();

  isIdle(): boolean {
    return this.#now.size === 0;
  }

  /** Whether one runs that the run still waits for. */
  has(step: string): boolean {
    return this.#now.get(step)?.isLeft === false;
  }

  hasLeft(): boolean {
    return [...this.#now.values()].some(({ isLeft }) => isLeft);
  }

  isLeft({ data: { step, attempt } }: Tried): boolean {
    const now = this.#now.get(step);
    return now?.attempt === attempt && now.isLeft;
  }

  start({ data: { step, attempt, key } }: Of<"step.started">): void {
    insist(!this.#now.has(step), `\`${step}\` starts while another attempt runs`);
    insist(attempt === (this.#attempts.get(step) ?? 0) + 1, `attempt ${attempt} is out of turn`);
    const undone = this.#undone.get(step);
    if (undone === undefined) insist(!this.#keys.has(key), "a key is used for another effect");
    else insist(undone.key === key, "an attempt that did not happen did not hand its key on");
    this.#now.set(step, { attempt, key, isLeft: false });
    this.#undone.delete(step);
    this.#attempts.set(step, attempt);
    this.#keys.add(key);
  }

  /** A person has said no to trying again what did not happen. */
  refuse(step: string): void {
    insist(!this.#now.has(step), `\`${step}\` is refused while it runs`);
    this.#undone.delete(step);
  }

  /** The run goes on without what was tried here. */
  leave(step: string): void {
    const now = this.#now.get(step);
    if (now !== undefined) this.#now.set(step, { ...now, isLeft: true });
    this.#undone.delete(step);
  }

  insistOn({ data: { step, attempt } }: Tried): void {
    const isThis = this.#now.get(step)?.attempt === attempt;
    insist(isThis, `attempt ${attempt} of \`${step}\` does not run`);
  }

  succeed(event: Of<"step.succeeded">): void {
    this.insistOn(event);
    this.#now.delete(event.data.step);
  }

  /** What certainly did not happen may still be told as failed or cancelled. */
  giveUp(event: Of<"step.failed" | "step.cancelled">): void {
    const { step, attempt } = event.data;
    if (this.#undone.get(step)?.attempt !== attempt) this.insistOn(event);
    this.#now.delete(step);
    this.#undone.delete(step);
  }

  /** What the run has gone on without is not tried again: its end is still to come. */
  undo(event: Of<"step.reconciled">): void {
    this.insistOn(event);
    const { step } = event.data;
    const now = this.#now.get(step);
    if (now === undefined || now.isLeft) return;
    this.#undone.set(step, now);
    this.#now.delete(step);
  }
}
