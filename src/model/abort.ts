/**
 * A request to stop, which becomes an `AbortSignal` when somebody asks for one: most attempts never do, and to make a
 * signal and to listen to it takes longer than all that a quick step does.
 */
export class Abort {
  #aborted: { readonly reason: unknown } | undefined;
  #controller: AbortController | undefined;
  #followers: readonly ((reason: unknown) => void)[] = [];

  get aborted(): boolean {
    return this.#aborted !== undefined;
  }

  get reason(): unknown {
    return this.#aborted?.reason;
  }

  /** Whatever follows is told once, at the first call. */
  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { reason };
    this.#controller?.abort(reason);
    for (const tell of this.#followers) tell(reason);
  }

  /** Tells when it is aborted, at once when it has been. */
  onAbort(tell: (reason: unknown) => void): void {
    if (this.#aborted === undefined) this.#followers = [...this.#followers, tell];
    else tell(this.#aborted.reason);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    return this.#controller.signal;
  }
}
