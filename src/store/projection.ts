import type { RunEvent } from "../model/event.ts";
import { canonical, type Json } from "../model/json.ts";
import type { Connection } from "./database.ts";

/** Keeps the table `runs` in step with the events, inside the transaction that appends them. */
export interface Projection {
  readonly event: (event: RunEvent) => void;
  /** Keeps what `make` returns as the run's snapshot after this event, if the one before is old enough. */
  readonly snapshot: (run: string, make: () => Json, rseq: number) => void;
}

/** A snapshot grows with what a run knows: for so many of its bytes one more event has to have come since the last. */
const bytesAnEvent = 1_000;

export function createProjection(db: Connection): Projection {
  const start = db.prepare(
    `INSERT INTO runs (run, parent, root, runbook, target, requester, started_at, status)
     VALUES (?, ?, coalesce((SELECT root FROM runs WHERE run = ?), ?), ?, ?, ?, ?, 'open')`,
  );
  const end = db.prepare("UPDATE runs SET status = ?, ended_at = ? WHERE run = ?");
  const snapshot = db.prepare("UPDATE runs SET snapshot = ?, snapshot_rseq = ? WHERE run = ?");
  const claim = db.prepare("INSERT INTO claims (name, key) VALUES (?, ?)");
  /** From which event on a snapshot of a run is worth its bytes. */
  const due = new Map<string, number>();
  return {
    event: (event) => {
      const { run, at, actor } = event;
      switch (event.type) {
        case "run.started": {
          const { parent, runbook, target } = event.data;
          const key = target === null ? null : targetKey(target);
          start.run(run, parent?.run ?? null, parent?.run ?? null, run, runbook.id, key, actor.id, at);
          return;
        }
        case "run.succeeded":
        case "run.failed":
        case "run.cancelled":
          end.run(event.type.slice("run.".length), at, run);
          // Its last snapshot is kept whatever came before.
          due.delete(run);
          return;
        case "plan.used":
          claim.run(event.data.name, event.data.key);
          return;
        case "approval.used":
          // Its name can be taken only once: a second use cannot be stored.
          claim.run(`approval:${run}/${event.data.gate}`, event.data.digest);
          return;
        // oxlint-disable-next-line no-useless-switch-case -- the rest changes nothing that is projected
        default:
      }
    },
    snapshot: (run, make, rseq) => {
      if (rseq < (due.get(run) ?? 0)) return;
      const json = canonical(make());
      snapshot.run(json, rseq, run);
      due.set(run, rseq + json.length / bytesAnEvent);
    },
  };
}

/** What two runs must not share: account, region, directory and workspace. */
export function targetKey(target: {
  readonly account: string;
  readonly region: string;
  readonly dir: string;
  readonly workspace: string;
}): string {
  return `${target.account}/${target.region}/${target.workspace}:${target.dir}`;
}
