/**
 * The driver: takes a run from where its events leave it to its end, or to where only a person or time can go on.
 *
 * D1  An effect starts only after the intent to start it is durable.
 * D2  Every turn is stored whole before anything that it wants is done; when others have added events first, they are
 *     folded and the turn is made anew.
 * D3  An attempt that a former engine started is in doubt until `recover` has settled it. It is never just repeated.
 * D4  The driver waits for nothing that it cannot stop waiting for.
 */
import { RunbookError, toFailure } from "../model/error.ts";
import { engineActor, type Actor, type Draft, type RunEnd, type RunEvent } from "../model/event.ts";
import { applyStored, replayFamily, takeTurn, type Family } from "./family.ts";
import { Detach } from "../model/detach.ts";
import type { Attempt, Host } from "./host.ts";
import { createMailbox } from "./mailbox.ts";
import { outcomeDrafts, recover } from "./recover.ts";
import type { Pending, RunState, Started } from "./state.ts";

export interface DriveOptions {
  /** Who is at the keyboard. */
  readonly operator: Actor;
  /** Whether somebody may still answer while the driver waits. */
  readonly wait: boolean;
  /** A timer due later than this many milliseconds from now is left waiting. */
  readonly patience: number;
  /** Said in `run.resumed` when the run had begun before; null for a run that has just been started. */
  readonly resumed: string | null;
  /** Aborts to stop safely: whatever can goes on without the engine. */
  readonly stop: AbortSignal;
  readonly onEvents: (events: readonly RunEvent[]) => void;
}

export type DriveEnd =
  | { readonly type: "ended"; readonly status: RunEnd }
  | { readonly type: "paused" }
  | { readonly type: "faulted" }
  | { readonly type: "interrupted" };

type Message =
  | { readonly type: "stimuli"; readonly task: string; readonly drafts: readonly Draft[] }
  | { readonly type: "others"; readonly events: readonly RunEvent[] }
  | { readonly type: "crashed"; readonly error: unknown }
  | { readonly type: "stop" };

/** How long a write that is under way may take to end when the operator stops. */
const writeGrace = 3_000;

export async function drive(host: Host, root: string, options: DriveOptions): Promise<DriveEnd> {
  const loaded = await host.load(root);
  const driver = new Driver(host, root, options, replayFamily(loaded));
  return driver.run();
}

class Driver {
  readonly #host: Host;
  readonly #root: string;
  readonly #options: DriveOptions;
  readonly #mailbox = createMailbox<Message>();
  /** What the driver has started, by run and want; the value stops it. */
  readonly #tasks = new Map<string, { readonly abort: AbortController; readonly write: boolean }>();
  /** Attempts whose intent this driver recorded; all others are in doubt (D3). */
  readonly #own = new Set<string>();
  #family: Family;

  constructor(host: Host, root: string, options: DriveOptions, family: Family) {
    this.#host = host;
    this.#root = root;
    this.#options = options;
    this.#family = family;
  }

  async run(): Promise<DriveEnd> {
    const stop = (): void => this.#mailbox.post({ type: "stop" });
    this.#options.stop.addEventListener("abort", stop, { once: true });
    try {
      await this.#turn(this.#resumption());
      if (this.#options.stop.aborted) stop();
      return await this.#loop();
    } finally {
      this.#options.stop.removeEventListener("abort", stop);
      for (const { abort } of this.#tasks.values()) abort.abort(new Detach("The engine stops."));
    }
  }

  #resumption(): readonly Draft[] {
    const { resumed, operator } = this.#options;
    if (resumed === null || this.#rootState().end !== null) return [];
    return [{ run: this.#root, type: "run.resumed", actor: operator, data: { note: resumed } }];
  }

  async #loop(): Promise<DriveEnd> {
    for (;;) {
      const { end, fault } = this.#rootState();
      if (end !== null) return { type: "ended", status: end };
      if (fault !== null || [...this.#family.values()].some((state) => state.fault !== null))
        return { type: "faulted" };
      this.#startTasks();
      if (this.#onlyWaits()) return { type: "paused" };
      const message = await this.#mailbox.take();
      if (message.type === "stop") return this.#interrupt();
      await this.#handle(message);
    }
  }

  async #handle(message: Exclude<Message, { readonly type: "stop" }>): Promise<void> {
    switch (message.type) {
      case "stimuli":
        this.#tasks.delete(message.task);
        return this.#turn(message.drafts);
      case "others":
        this.#tasks.delete("others");
        this.#fold(message.events);
        return this.#turn([]);
      case "crashed":
        throw message.error;
    }
  }

  /** Stores the stimuli and what follows from them, then folds them (D2). */
  async #turn(stimuli: readonly Draft[]): Promise<void> {
    for (;;) {
      const live = stimuli.filter((draft) => this.#isWanted(draft));
      const { family, turn } = takeTurn(this.#family, live, this.#host.mint);
      if (turn.drafts.length === 0) return;
      const committed = await this.#host.commit(turn);
      if (committed.type === "behind") {
        this.#fold(committed.missed);
        continue;
      }
      this.#family = family;
      for (const { type, run, data } of turn.drafts)
        if (type === "step.started") this.#own.add(`${run}/${data.key}/${data.attempt}`);
      this.#options.onEvents(committed.events);
      return;
    }
  }

  /** An outcome that arrives after its want was withdrawn tells the machine nothing any more. */
  #isWanted(draft: Draft): boolean {
    const pending = this.#family.get(draft.run)?.pending;
    switch (draft.type) {
      case "step.succeeded":
      case "step.failed":
      case "step.cancelled":
      case "step.inDoubt":
      case "step.reconciled":
        return pending?.has(draft.data.step) ?? false;
      case "timer.fired":
        return pending?.has(draft.data.timer) ?? false;
      default:
        return true;
    }
  }

  #fold(events: readonly RunEvent[]): void {
    const news = events.filter(({ run, rseq }) => rseq > (this.#family.get(run)?.rseq ?? 0));
    this.#family = applyStored(this.#family, news);
    if (news.length > 0) this.#options.onEvents(news);
  }

  #rootState(): RunState {
    const state = this.#family.get(this.#root);
    if (state === undefined) throw new RunbookError("RUN_UNKNOWN", `There is no run ${this.#root}.`);
    return state;
  }

  /** Starts what is wanted and not under way, and stops what is under way and no longer wanted. */
  #startTasks(): void {
    const wanted = new Set<string>(["others"]);
    for (const state of this.#family.values()) {
      if (state.end !== null) continue;
      for (const pending of state.pending.values()) {
        const task = `${state.run}/${pending.id}`;
        wanted.add(task);
        if (state.cancel !== null)
          this.#tasks.get(task)?.abort.abort(new Error("The run is being cancelled."));
        if (!this.#tasks.has(task)) this.#startTask(task, state, pending);
      }
    }
    for (const [task, { abort }] of this.#tasks) {
      if (wanted.has(task)) continue;
      abort.abort(new Error("It is no longer wanted."));
      this.#tasks.delete(task);
    }
    if (!this.#tasks.has("others")) this.#watchOthers();
  }

  #startTask(task: string, state: RunState, pending: Pending): void {
    if (pending.type === "timer" && pending.due !== null) {
      const data = { timer: pending.id };
      const draft: Draft = { run: state.run, type: "timer.fired", actor: engineActor, data };
      this.#sleep(task, new Date(pending.due), [draft]);
    }
    if (pending.type === "gate" && pending.gate?.expiresAt) {
      const expires = new Date(pending.gate.expiresAt);
      // With nobody to answer, an open gate is left open; one that has expired is opened anew.
      if (!this.#options.wait && expires > this.#host.clock.now()) return;
      const data = { gate: pending.gate.gate, why: "expired" } as const;
      const draft: Draft = { run: state.run, type: "gate.closed", actor: engineActor, data };
      this.#sleep(task, expires, [draft]);
    }
    if (pending.type === "step" && pending.started !== null && pending.doubt === null) {
      this.#attempt(task, state, pending, pending.started);
    }
  }

  #sleep(task: string, due: Date, drafts: readonly Draft[]): void {
    if (due.getTime() - this.#host.clock.now().getTime() > this.#options.patience) return;
    this.#run(task, false, async (signal) => {
      await this.#host.clock.sleepUntil(due, signal);
      return drafts;
    });
  }

  #attempt(
    task: string,
    state: RunState,
    pending: Extract<Pending, { readonly type: "step" }>,
    started: Started,
  ): void {
    const { id, step, input } = pending;
    const startedAt = new Date(started.at);
    const attempt: Attempt = {
      run: state.run,
      id,
      step,
      input,
      attempt: started.attempt,
      key: started.key,
      startedAt,
    };
    const own = this.#own.has(`${state.run}/${started.key}/${started.attempt}`);
    this.#run(task, step.effect === "write", async (signal) => {
      if (!own) return recover(this.#host, state, pending, attempt, signal);
      return outcomeDrafts(
        this.#host,
        state,
        pending,
        attempt,
        await this.#host.perform(attempt, signal),
        signal,
      );
    });
    // A run that is being cancelled takes up what still runs, only to stop it.
    if (state.cancel !== null) this.#tasks.get(task)?.abort.abort(new Error("The run is being cancelled."));
  }

  #run(task: string, write: boolean, work: (signal: AbortSignal) => Promise<readonly Draft[]>): void {
    const abort = new AbortController();
    this.#tasks.set(task, { abort, write });
    work(abort.signal).then(
      (drafts) => this.#mailbox.post({ type: "stimuli", task, drafts }),
      (error: unknown) => {
        if (!abort.signal.aborted) this.#mailbox.post({ type: "crashed", error });
      },
    );
  }

  #watchOthers(): void {
    const abort = new AbortController();
    this.#tasks.set("others", { abort, write: false });
    const seen = new Map([...this.#family].map(([run, { rseq }]) => [run, rseq]));
    this.#host.others(seen, abort.signal).then(
      (events) => this.#mailbox.post({ type: "others", events }),
      (error: unknown) => {
        if (!abort.signal.aborted) this.#mailbox.post({ type: "crashed", error });
      },
    );
  }

  /** Nothing is under way but waiting for people, and nobody is there; or for a time that is far off. */
  #onlyWaits(): boolean {
    const working = [...this.#tasks.keys()].filter((task) => task !== "others");
    if (working.length > 0) return false;
    const gates = [...this.#family.values()].flatMap(({ pending }) =>
      [...pending.values()].filter(({ type }) => type === "gate" || type === "step"),
    );
    return !this.#options.wait || gates.length === 0;
  }

  /** The operator stops: writes get a moment to end, processes go on alone, everything else is dropped. */
  async #interrupt(): Promise<DriveEnd> {
    const deadline = AbortSignal.timeout(writeGrace);
    const late = (): void => this.#mailbox.post({ type: "stop" });
    deadline.addEventListener("abort", late, { once: true });
    for (const { abort } of this.#tasks.values()) abort.abort(new Detach("The operator stopped the engine."));
    while ([...this.#tasks.values()].some(({ write }) => write)) {
      const message = await this.#mailbox.take();
      if (message.type === "stop") break;
      if (message.type === "stimuli") await this.#handle(message);
    }
    deadline.removeEventListener("abort", late);
    const { end } = this.#rootState();
    if (end !== null) return { type: "ended", status: end };
    const reason = toFailure(this.#options.stop.reason).message;
    const data = { reason };
    await this.#turn([{ run: this.#root, type: "run.interrupted", actor: this.#options.operator, data }]);
    return { type: "interrupted" };
  }
}
