/** Drives a run while somebody attends it: shows what happens, asks at gates, and stops when told. */
import type { DriveEnd } from "../engine/drive.ts";
import { hasExpired } from "../engine/gate.ts";
import { createMailbox } from "../engine/mailbox.ts";
import { covers, type Policy } from "../engine/policy.ts";
import { RunbookError } from "../model/error.ts";
import type { Gate, RunEvent } from "../model/event.ts";
import { summarise, type RunSummary } from "../model/summary.ts";
import type { Operator, RunView } from "../cli/io.ts";
import type { Session } from "./session.ts";

export interface Attended {
  readonly session: Session;
  readonly run: string;
  readonly view: RunView;
  /** Nobody, where nobody can be asked. */
  readonly operator: Operator | null;
  readonly actor: Operator["actor"];
  /** What need not be asked. */
  readonly policy: Policy | undefined;
  readonly resumed: string | null;
  readonly stop: AbortSignal;
  /** Whether the driver should wait for decisions that come from elsewhere although nobody is asked here. */
  readonly wait: boolean;
  /** Called when events were added to the run or its child runs. */
  readonly onNews: () => void;
}

/** How far off a timer may be for the driver to sit it out, in milliseconds. */
const patience = 5 * 60_000;

export async function attend(attended: Attended): Promise<DriveEnd> {
  const { session, run, view, operator, actor, resumed, stop } = attended;
  const desk = createDesk(attended);
  const tell = (events: readonly RunEvent[]): void => {
    const summaries = summariesOf(session, run);
    view.events(events, summaries);
    attended.onNews();
    desk.look(summaries);
  };
  // A run that goes on is told when the driver has it: until then somebody else may be driving it.
  if (resumed === null) view.events(session.store.log.events(run), summariesOf(session, run));
  const end = await Promise.race([
    session.drive(run, {
      operator: actor,
      wait: operator !== null || attended.wait,
      policy: attended.policy,
      patience,
      resumed,
      stop,
      onEvents: tell,
    }),
    desk.failed,
  ]);
  desk.close();
  return end;
}

export function summariesOf(session: Session, root: string): ReadonlyMap<string, RunSummary> {
  return new Map(
    session.store.family(root).map(({ run }) => [run, summarise(session.store.log.events(run))]),
  );
}

interface Desk {
  /** Asks about a gate that is open and not asked about, and stops asking about those that have closed. */
  readonly look: (summaries: ReadonlyMap<string, RunSummary>) => void;
  /** Rejects when asking failed. */
  readonly failed: Promise<never>;
  readonly close: () => void;
}

interface Asked {
  readonly key: string;
  readonly abort: AbortController;
}

function createDesk({ session, operator, policy, stop }: Attended): Desk {
  let asked: Asked | undefined;
  let isClosed = false;
  let summaries: ReadonlyMap<string, RunSummary> = new Map();
  const failures = createMailbox<unknown>();

  function look(latest: ReadonlyMap<string, RunSummary>): void {
    summaries = latest;
    if (operator === null) return;
    const open = openGates(latest, policy);
    if (asked !== undefined && !open.has(asked.key)) asked.abort.abort();
    const [next] = open;
    if (asked === undefined && next !== undefined && !stop.aborted)
      void ask(next[0], next[1].gate, next[1].summary);
  }

  async function ask(key: string, gate: Gate, summary: RunSummary): Promise<void> {
    if (operator === null) return;
    const mine = { key, abort: new AbortController() };
    asked = mine;
    try {
      const signal = AbortSignal.any([mine.abort.signal, stop]);
      const decision = await operator.ask(gate, summary, signal);
      if (decision !== undefined && !signal.aborted) {
        session.decide({
          run: summary.run,
          gate: gate.gate,
          digest: gate.digest,
          decision,
          actor: operator.actor,
        });
      }
    } catch (error) {
      // Somebody else was quicker, or it expired while the person thought: the view tells.
      if (!(error instanceof RunbookError && error.exitCode === 5)) failures.post(error);
    } finally {
      asked = undefined;
      // The database may be closed by then.
      setImmediate(() => isClosed || look(summariesAfter(summaries)));
    }
  }

  function summariesAfter(known: ReadonlyMap<string, RunSummary>): ReadonlyMap<string, RunSummary> {
    return new Map([...known.keys()].map((run) => [run, summarise(session.store.log.events(run))]));
  }

  const failed = failures.take().then((error) => Promise.reject(error));
  function close(): void {
    isClosed = true;
    asked?.abort.abort();
  }

  return { look, failed, close };
}

function openGates(
  summaries: ReadonlyMap<string, RunSummary>,
  policy: Policy | undefined,
): ReadonlyMap<string, { readonly gate: Gate; readonly summary: RunSummary }> {
  const now = new Date();
  return new Map(
    [...summaries.values()].flatMap((summary) =>
      summary.gates
        // The driver opens an expired gate anew; there is no point in asking about the old one.
        .filter((gate) => !hasExpired(gate, now) && !covers(policy, gate))
        .map((gate) => [`${summary.run}/${gate.gate}/${gate.digest}`, { gate, summary }] as const),
    ),
  );
}
