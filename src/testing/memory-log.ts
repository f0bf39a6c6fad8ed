import type { AppendResult, Batch } from "../engine/host.ts";
import type { Draft, RunEvent } from "../model/event.ts";

/** The event log without a disk: the same rules about order, times and what a writer has seen, but no digests. */
export interface MemoryLog {
  readonly append: (turn: Pick<Batch, "at" | "drafts" | "seen">) => AppendResult;
  readonly events: (run: string) => readonly RunEvent[];
  /** Events of these runs after what was seen, in the order of the log. */
  readonly after: (seen: ReadonlyMap<string, number>) => readonly RunEvent[];
  /** A run and its child runs, in the order of their starts. */
  readonly runTree: (root: string) => readonly string[];
  /** The time of the newest event; empty when there is none. */
  readonly lastAt: () => string;
  /** Of all runs, in order. */
  readonly all: () => readonly RunEvent[];
}

const zeros = "0".repeat(64);

export function createMemoryLog(now: () => Date): MemoryLog {
  const all: RunEvent[] = [];
  const runs = new Map<string, RunEvent[]>();
  const roots = new Map<string, string>();

  function store(draft: Draft, at: string): RunEvent {
    const own = runs.get(draft.run) ?? [];
    const place = { v: 1, log: "memory", seq: all.length + 1, rseq: own.length + 1, at } as const;
    const digests = { prev: zeros, commitment: zeros, hash: zeros };
    const event: RunEvent = { ...draft, ...place, ...digests, artifacts: draft.artifacts ?? [] };
    all.push(event);
    own.push(event);
    runs.set(draft.run, own);
    if (draft.type === "run.started") {
      const { parent } = draft.data;
      roots.set(draft.run, parent === null ? draft.run : (roots.get(parent.run) ?? parent.run));
    }
    return event;
  }

  function after(seen: ReadonlyMap<string, number>): readonly RunEvent[] {
    const missed = [...seen].flatMap(([run, rseq]) => runs.get(run)?.slice(rseq) ?? []);
    return missed.length < 2 ? missed : missed.toSorted((one, other) => one.seq - other.seq);
  }

  const lastAt = (): string => all.at(-1)?.at ?? "";
  return {
    lastAt,
    append: ({ at: made, drafts, seen }) => {
      const missed = after(seen);
      if (missed.length > 0) return { type: "conflict", events: missed };
      const before = lastAt();
      if (made !== undefined && made < before) return { type: "conflict", events: [] };
      const time = made ?? now().toISOString();
      const at = time > before ? time : before;
      return { type: "stored", events: drafts.map((draft) => store(draft, at)) };
    },
    events: (run) => [...(runs.get(run) ?? [])],
    after,
    runTree: (root) => [...roots].filter(([, own]) => own === root).map(([run]) => run),
    all: () => [...all],
  };
}
