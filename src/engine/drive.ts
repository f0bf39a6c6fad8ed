/**
 * The driver: takes a run from where its events leave it to its end, or to where only a person or time can go on.
 *
 * D1  An effect starts only after the intent to start it is durable.
 * D2  Every turn is stored whole before anything that it wants is done; when others have added events first, they are
 *     folded and the turn is made again.
 * D3  An attempt that a former engine started is in doubt until `recover` has settled it. It is never just repeated.
 * D4  The driver waits for nothing that it cannot stop waiting for.
 */
import type { Abort } from "../model/abort.ts";
import { longestSleep } from "../model/clock.ts";
import { RunbookError } from "../model/error.ts";
import { engineActor, type Actor, type Draft, type RunEnd, type RunEvent } from "../model/event.ts";
import { applyStored, isWanted, replayTree, takeNote, takeTurn, type RunTree } from "./run-tree.ts";
import { Detach } from "../model/detach.ts";
import type { AttemptRequest, Host } from "./host.ts";
import { createMailbox } from "./mailbox.ts";
import { approvalOf, cleansUp, intentOf, isParked, timerNamed, type PendingStep } from "./pending.ts";
import { approvalBy, type Policy } from "./policy.ts";
import { runAttempt, recover } from "./recover.ts";
import type { Pending, RunState, StartedAttempt } from "./state.ts";
import { createTasks } from "./tasks.ts";
import { earliestStart, isUnknown } from "./rollback-doubt.ts";

export interface DriveOptions {
  /** Who is at the keyboard. */
  readonly operator: Actor;
  /** Whether somebody may still answer while the driver waits. */
  readonly wait: boolean;
  /** What need not be asked. */
  readonly policy?: Policy | undefined;
  /** A runbook's timer due later than this many milliseconds from now is left waiting. */
  readonly patience: number;
  /** Said in `run.resumed` when the run had begun before; null for a run that has just been started. */
  readonly resumed: string | null;
  /** Aborts to stop safely: whatever can goes on without the engine. */
  readonly stop: AbortSignal;
  readonly onEvents: (events: readonly RunEvent[]) => void;
  /** What is carried over to the next turn; without it the states as this one left them. */
  readonly carryOver?: (tree: RunTree) => Promise<RunTree>;
}

export type DriveEnd =
  | { readonly type: "ended"; readonly status: RunEnd }
  | { readonly type: "paused" }
  | { readonly type: "faulted"; readonly cause: unknown }
  | { readonly type: "interrupted" };

type DriverMessage =
  | { readonly type: "ended"; readonly task: string; readonly told: TaskResult }
  | { readonly type: "crashed"; readonly task: string; readonly error: unknown }
  | { readonly type: "stop" };

/** What a task found out: stimuli for the machine, or events that others have added. */
type TaskResult = { readonly drafts: readonly Draft[] } | { readonly events: readonly RunEvent[] };

/** How long a write that is under way may take to end when the operator stops. */
const writeGrace = 3_000;

export async function drive(host: Host, root: string, options: DriveOptions): Promise<DriveEnd> {
  const loaded = await host.load(root);
  const driver = new Driver(host, root, options, replayTree(loaded));
  return driver.run();
}

/** Events that only the engine that drives a run adds to it. */
const driving = /^(clock\.|step\.|child\.|timer\.|gate\.opened|run\.(?!migrated))/;
/** The task that waits for events of others. */
const others = "others";

class Driver {
  readonly #host: Host;
  readonly #root: string;
  readonly #options: DriveOptions;
  readonly #mailbox = createMailbox<DriverMessage>();
  readonly #tasks = createTasks<TaskResult>({
    done: (task, told) => this.#mailbox.post({ type: "ended", task, told }),
    crashed: (task, error) => this.#mailbox.post({ type: "crashed", task, error }),
  });
  /** Attempts whose intent this driver recorded; all others are in doubt (D3). */
  readonly #own = new Set<string>();
  /** How far each run has been read; whoever waits for others' events looks at it as it is then. */
  readonly #seen = new Map<string, number>();
  #family: RunTree;

  constructor(host: Host, root: string, options: DriveOptions, tree: RunTree) {
    this.#host = host;
    this.#root = root;
    this.#options = options;
    this.#family = this.#noted(tree);
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
      this.#tasks.stopAll(new Detach("The engine stops."));
    }
  }

  #resumption(): readonly Draft[] {
    const { resumed, operator } = this.#options;
    if (resumed === null || this.#rootState().end !== null) return [];
    return [{ run: this.#root, type: "run.resumed", actor: operator, data: { note: resumed } }];
  }

  async #loop(): Promise<DriveEnd> {
    for (;;) {
      const { end } = this.#rootState();
      if (end !== null) return { type: "ended", status: end };
      const parked = [...this.#family.values()].find(isParked);
      if (parked !== undefined) return { type: "faulted", cause: parked.fault?.cause };
      this.#startTasks();
      if (this.#onlyWaits()) return { type: "paused" };
      const message = await this.#mailbox.take();
      if (message.type === "stop") return this.#interrupt();
      const stimuli = this.#take(message);
      if (stimuli !== null) await this.#turn(stimuli);
    }
  }

  /** What a message has to say to the machine; null when it is from a task that was given up. */
  #take(message: Exclude<DriverMessage, { readonly type: "stop" }>): readonly Draft[] | null {
    if (!this.#tasks.end(message.task)) return null;
    if (message.type === "crashed") throw message.error;
    if ("drafts" in message.told) return message.told.drafts;
    this.#fold(message.told.events);
    return [];
  }

  /** Stores the stimuli and what follows from them, then folds them (D2). */
  async #turn(stimuli: readonly Draft[], take: typeof takeTurn = takeTurn): Promise<void> {
    const told = [...stimuli, ...this.#clockJumps()];
    for (;;) {
      const live = told.filter((draft) => isWanted(this.#family, draft));
      const { tree, turn } = take(this.#family, live, this.#host.ids);
      if (turn.drafts.length === 0) return;
      const committed = await this.#host.commit(turn);
      if (committed.type === "conflict") {
        this.#fold(committed.events);
        continue;
      }
      this.#family = this.#noted(tree);
      const { carryOver } = this.#options;
      if (carryOver !== undefined) this.#family = await carryOver(this.#family);
      for (const { type, run, data } of turn.drafts)
        if (type === "step.started" && !isUnknown(this.#family, run, data.step))
          this.#own.add(`${run}/${data.key}/${data.attempt}`);
      this.#options.onEvents(committed.events);
      return;
    }
  }

  /** Told by the run at its root, as long as anything can be told by it. */
  #clockJumps(): readonly Draft[] {
    if (this.#rootState().end !== null) return [];
    const told = { run: this.#root, type: "clock.jumped", actor: engineActor } as const;
    return this.#host.jumps().map((data) => ({ ...told, data }));
  }

  #fold(events: readonly RunEvent[]): void {
    const news = events.filter(({ run, rseq }) => rseq > (this.#family.get(run)?.rseq ?? 0));
    const foreign = news.find(({ type }) => driving.test(type));
    // It has seen this run go on without us: what we would take up now is its work.
    if (foreign !== undefined)
      throw new RunbookError("LEASE_LOST", `Another engine drives run ${foreign.run} (\`${foreign.type}\`).`);
    this.#family = this.#noted(applyStored(this.#family, news));
    if (news.length > 0) this.#options.onEvents(news);
  }

  #noted(tree: RunTree): RunTree {
    for (const [run, { rseq }] of tree) this.#seen.set(run, rseq);
    return tree;
  }

  #rootState(): RunState {
    const state = this.#family.get(this.#root);
    if (state === undefined) throw new RunbookError("RUN_UNKNOWN", `There is no run ${this.#root}.`);
    return state;
  }

  /** Starts what is wanted and not under way, and stops what is under way and no longer wanted. */
  #startTasks(): void {
    const wanted = new Set<string>([others]);
    for (const state of this.#family.values()) {
      if (state.end !== null) continue;
      for (const pending of [...state.pending.values(), ...state.withdrawn]) {
        const intent = intentOf(pending);
        if (intent === null) continue;
        const task = `${state.run}/${pending.id}/${intent}`;
        wanted.add(task);
        if (!this.#tasks.has(task)) this.#startTask(task, state, pending);
        // What a former engine left running is taken up all the same, only to stop it.
        if (state.cancel !== null && !cleansUp(state))
          this.#tasks.stop(task, new Error("The run is being cancelled."));
        else if (state.withdrawn.includes(pending)) this.#tasks.stop(task, noLonger());
      }
    }
    this.#tasks.keepOnly(wanted, noLonger);
    if (!this.#tasks.has(others)) this.#watchOthers();
  }

  #startTask(task: string, state: RunState, pending: Pending): void {
    const { run } = state;
    if (pending.type === "timer" && pending.due !== null) {
      const due = new Date(pending.due);
      if (due.getTime() - this.#host.clock.now().getTime() > this.#options.patience) return;
      const data = timerNamed(pending);
      this.#sleep(task, due, { run, type: "timer.fired", actor: engineActor, data });
    }
    const open = approvalOf(pending);
    if (open !== null) this.#gate(task, state, open);
    if (pending.type === "step" && pending.started !== null && pending.doubt === null)
      this.#attempt(task, state, pending, pending.started);
  }

  #gate(task: string, { run }: RunState, pending: NonNullable<ReturnType<typeof approvalOf>>): void {
    const now = this.#host.clock.now();
    const approval = approvalBy(this.#options.policy, run, pending, now);
    if (approval !== null)
      return this.#tasks.start(task, async () => ({ drafts: [approval] }), { write: false });
    if (!pending.gate?.expiresAt) return;
    const expires = new Date(pending.gate.expiresAt);
    // With nobody to answer, an open gate is left open; one that has expired is opened anew.
    if (!this.#options.wait && expires > now) return;
    const data = { gate: pending.gate.gate, why: "expired" } as const;
    this.#sleep(task, expires, { run, type: "gate.closed", actor: engineActor, data });
  }

  #sleep(task: string, due: Date, draft: Draft): void {
    const { clock } = this.#host;
    const until = async ({ signal }: Abort): Promise<TaskResult> => {
      // Looked at again after each sleep: the clock may have been set back meanwhile.
      for (let now = clock.now(); now < due && !signal.aborted; now = clock.now()) {
        const next = Math.min(due.getTime(), now.getTime() + longestSleep);
        await unlessAborted(clock.sleepUntil(new Date(next), signal), signal);
      }
      return { drafts: [draft] };
    };
    this.#tasks.start(task, until, { write: false });
  }

  #attempt(task: string, state: RunState, pending: PendingStep, started: StartedAttempt): void {
    const { run } = state;
    const { id, step, input } = pending;
    const { key, attempt: number } = started;
    const startedAt = earliestStart(state, pending, started);
    const attempt: AttemptRequest = { run, id, step, input, attempt: number, key, startedAt };
    const settle = this.#own.has(`${run}/${key}/${number}`) ? runAttempt : recover;
    const work = async (abort: Abort): Promise<TaskResult> => ({
      drafts: await settle({ host: this.#host, state, pending, attempt, abort }),
    });
    this.#tasks.start(task, work, { write: step.effect === "write" });
  }

  #watchOthers(): void {
    const watch = async ({ signal }: Abort): Promise<TaskResult> => ({
      events: (await unlessAborted(this.#host.watchForeignEvents(this.#seen, signal), signal)) ?? [],
    });
    this.#tasks.start(others, watch, { write: false });
  }

  /** Nothing is under way but waiting for people, and nobody is there; or for a time that is far off. */
  #onlyWaits(): boolean {
    if (this.#tasks.names().some((task) => task !== others)) return false;
    // What a run that has ended was waiting for is nobody's to answer.
    const gates = [...this.#family.values()].flatMap(({ pending, end }) =>
      end === null ? [...pending.values()].filter(({ type }) => type === "gate" || type === "step") : [],
    );
    return !this.#options.wait || gates.length === 0;
  }

  /** The operator stops: writes get a moment to end, processes go on alone, everything else is dropped. */
  async #interrupt(): Promise<DriveEnd> {
    this.#tasks.stopAll(new Detach("The operator stopped the engine."));
    this.#tasks.start("grace", ({ signal }) => this.#grace(signal), { write: false });
    while (this.#tasks.isWriting()) {
      const message = await this.#mailbox.take();
      if (message.type === "stop" || message.task === "grace") break;
      const stimuli = this.#take(message);
      if (stimuli !== null) await this.#turn(stimuli, takeNote);
    }
    const cause: unknown = this.#options.stop.reason;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const data = { reason };
    const { operator } = this.#options;
    await this.#turn([{ run: this.#root, type: "run.interrupted", actor: operator, data }], takeNote);
    return { type: "interrupted" };
  }

  async #grace(signal: AbortSignal): Promise<TaskResult> {
    const { clock } = this.#host;
    const end = new Date(clock.now().getTime() + writeGrace);
    await unlessAborted(clock.sleepUntil(end, signal), signal);
    return { drafts: [] };
  }
}

function noLonger(): Error {
  return new Error("It is no longer wanted.");
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
}
