import type { Decision } from "../engine/decide.ts";
import { hasExpired } from "../engine/gate.ts";
import { createMailbox } from "../engine/mailbox.ts";
import { covers, type Policy } from "../engine/policy.ts";
import type { ErrorCode } from "../model/catalogue.ts";
import { RunbookError } from "../model/error.ts";
import type { Actor, Gate } from "../model/event.ts";
import type { RunSummary } from "../model/summary.ts";
import { decideGate } from "./decisions.ts";
import type { LiveView, Summaries } from "./live-view.ts";
import type { Workspace } from "./workspace.ts";

/** Somebody, or a program in their place, that answers gates. */
export interface Operator {
  readonly actor: Actor;
  /** Resolves with the answer, or with undefined when `signal` says that the gate was answered elsewhere. */
  readonly ask: (gate: Gate, summary: RunSummary, signal: AbortSignal) => Promise<Decision | undefined>;
}

/** Asks about open gates, one at a time. */
export interface PromptQueue {
  /** Asks about a gate that is open and not asked about, and stops asking about those that have closed. */
  readonly look: (summaries: Summaries) => void;
  /** Rejects when asking failed. */
  readonly failed: Promise<never>;
  readonly close: () => void;
}

interface PromptQueueOptions {
  readonly workspace: Workspace;
  readonly operator: Operator | null;
  readonly policy: Policy | undefined;
  readonly stop: AbortSignal;
  readonly live: Pick<LiveView, "now">;
}

interface PendingPrompt {
  readonly key: string;
  readonly abort: AbortController;
}

/** Somebody else was quicker, or it expired while the person thought. */
const overtaken: ReadonlySet<ErrorCode> = new Set([
  "GATE_NOT_OPEN",
  "GATE_ANSWERED",
  "GATE_CHANGED",
  "GATE_EXPIRED",
  "APPROVAL_BY_REQUESTER",
  "APPROVER_EXCLUDED",
  "STATE_BUSY",
]);

/** Asks `operator` about gates that `policy` does not cover, and records the answers. */
export function createPromptQueue(options: PromptQueueOptions): PromptQueue {
  const { workspace, operator, policy, stop, live } = options;
  let pending: PendingPrompt | undefined;
  let isClosed = false;
  let shown: ReadonlySet<string> = new Set();
  const failures = createMailbox<unknown>();

  function look(summaries: Summaries): void {
    const open = openGates(summaries, policy, workspace.now());
    shown = new Set(open.keys());
    askFirst(open);
  }

  /** After an answer: the record is ahead of what was handed over, and nobody is asked about what was not shown yet. */
  function lookAgain(): void {
    const open = openGates(live.now(), policy, workspace.now());
    askFirst(new Map([...open].filter(([key]) => shown.has(key))));
  }

  function askFirst(open: ReadonlyMap<string, AskableGate>): void {
    if (operator === null) return;
    if (pending !== undefined && !open.has(pending.key)) pending.abort.abort();
    const [next] = open;
    if (pending === undefined && next !== undefined && !stop.aborted) void ask(operator, ...next);
  }

  async function ask({ actor, ask: answerTo }: Operator, key: string, open: AskableGate): Promise<void> {
    const mine = { key, abort: new AbortController() };
    pending = mine;
    try {
      const { gate, summary } = open;
      const signal = AbortSignal.any([mine.abort.signal, stop]);
      const decision = await answerTo(gate, summary, signal);
      if (decision === undefined || signal.aborted) return;
      decideGate(workspace, { run: summary.run, gate: gate.gate, digest: gate.digest, decision, actor });
    } catch (error) {
      if (!(error instanceof RunbookError && overtaken.has(error.code))) failures.post(error);
    } finally {
      pending = undefined;
      // The database may be closed by then.
      setImmediate(() => isClosed || lookAgain());
    }
  }

  const failed = failures.take().then((error) => Promise.reject(error));
  function close(): void {
    isClosed = true;
    pending?.abort.abort();
  }

  return { look, failed, close };
}

interface AskableGate {
  readonly gate: Gate;
  readonly summary: RunSummary;
}

function openGates(
  summaries: Summaries,
  policy: Policy | undefined,
  now: Date,
): ReadonlyMap<string, AskableGate> {
  return new Map(
    [...summaries.values()].flatMap((summary) =>
      summary.gates
        // The driver opens an expired gate anew; there is no point in asking about the old one.
        .filter((gate) => !hasExpired(gate, now) && !covers(policy, gate))
        .map((gate) => [`${summary.run}/${gate.gate}/${gate.digest}`, { gate, summary }] as const),
    ),
  );
}
