import { insist } from "./insist.ts";

interface Waited {
  readonly name: string;
  /** The run has gone on without it. */
  readonly isLeft: boolean;
}

/** Timers, or child runs, by their own names: each belongs to the node that waits for it. */
export class Waiting {
  readonly #open = new Map<string, Waited>();

  isIdle(): boolean {
    return this.#open.size === 0;
  }

  has(name: string): boolean {
    return [...this.#open.values()].some((one) => one.name === name && !one.isLeft);
  }

  hasLeft(): boolean {
    return [...this.#open.values()].some(({ isLeft }) => isLeft);
  }

  begin(id: string, name: string): void {
    insist(!this.#open.has(id), `\`${id}\` begins twice`);
    insist(
      [...this.#open.values()].every((one) => one.name !== name),
      `\`${name}\` waits for two`,
    );
    this.#open.set(id, { name, isLeft: false });
  }

  leave(name: string): void {
    for (const [id, one] of this.#open) if (one.name === name) this.#open.set(id, { ...one, isLeft: true });
  }

  end(id: string): Waited {
    const one = this.#open.get(id);
    insist(one !== undefined, `\`${id}\` is not waited for`);
    this.#open.delete(id);
    return one;
  }
}
