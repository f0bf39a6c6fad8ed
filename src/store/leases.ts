import { RunbookError } from "../model/error.ts";
import { guarded, type Connection } from "./database.ts";

/** Proof that the writer still holds the run. */
export interface Fence {
  readonly name: string;
  readonly epoch: number;
}

/** Who drives a run. */
export interface Owner {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
  readonly host: string;
  readonly user: string;
}

export interface Lease {
  readonly name: string;
  readonly epoch: number;
  readonly owner: Owner;
  readonly since: string;
  readonly expiresAt: Date;
}

/** Milliseconds after which a lease that nobody renewed may be taken, also from an owner on another host. */
const timeToLive = 15_000;
/** Milliseconds after which whoever writes under it renews it: were it each turn, each would write a page more. */
const renewAfter = timeToLive / 3;

export interface Leases {
  /** Takes the lease, or throws `RUN_HELD` naming the holder. The holder's death is proof enough; so is its silence. */
  readonly acquire: (name: string, owner: Owner) => Fence;
  readonly renew: (fence: Fence) => void;
  readonly release: (fence: Fence) => void;
  readonly find: (name: string) => Lease | undefined;
  /** The lease as long as it must not be taken. */
  readonly held: (name: string) => Lease | undefined;
}

interface LeaseRow {
  readonly name: string;
  readonly epoch: number;
  readonly owner: string;
  readonly since: string;
  readonly expires_at: number;
}

const extending = "UPDATE leases SET expires_at = ? WHERE name = ? AND epoch = ?";

/**
 * For a transaction that needs the lease: throws `LEASE_LOST` when somebody else has taken it, and renews it when that
 * is due.
 */
export function openHold(db: Connection, now: () => Date): (fence: Fence) => void {
  const held = db.prepare<[string], Pick<LeaseRow, "epoch" | "expires_at">>(
    "SELECT epoch, expires_at FROM leases WHERE name = ?",
  );
  const extend = db.prepare(extending);
  return ({ name, epoch }) => {
    const lease = held.get(name);
    if (lease?.epoch !== epoch)
      throw new RunbookError("LEASE_LOST", `Another process has taken over ${name}.`);
    const time = now().getTime();
    if (lease.expires_at - time <= timeToLive - renewAfter) extend.run(time + timeToLive, name, epoch);
  };
}

export function openLeases(
  db: Connection,
  file: string,
  ports: { readonly now: () => Date; readonly isAlive: (owner: Owner) => boolean },
): Leases {
  const read = db.prepare<[string], LeaseRow>("SELECT * FROM leases WHERE name = ?");
  const write = db.prepare(
    `INSERT INTO leases (name, epoch, owner, since, expires_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner, since = excluded.since,
       expires_at = excluded.expires_at`,
  );
  const extend = db.prepare(extending);
  const drop = db.prepare("UPDATE leases SET expires_at = 0 WHERE name = ? AND epoch = ?");
  const find = (name: string): Lease | undefined => {
    const row = guarded(file, () => read.get(name));
    return row === undefined ? undefined : toLease(row);
  };
  const isFree = (lease: Lease): boolean => lease.expiresAt <= ports.now() || !ports.isAlive(lease.owner);

  function acquire(name: string, owner: Owner): Fence {
    const held = find(name);
    if (held !== undefined && !isFree(held)) throw heldBy(held);
    const epoch = (held?.epoch ?? 0) + 1;
    const now = ports.now();
    write.run(name, epoch, JSON.stringify(owner), now.toISOString(), now.getTime() + timeToLive);
    return { name, epoch };
  }

  const atomically = db.transaction(acquire);
  return {
    acquire: (name, owner) => guarded(file, () => atomically.immediate(name, owner)),
    renew: ({ name, epoch }) =>
      void guarded(file, () => extend.run(ports.now().getTime() + timeToLive, name, epoch)),
    release: ({ name, epoch }) => void guarded(file, () => drop.run(name, epoch)),
    find,
    held: (name) => {
      const lease = find(name);
      return lease === undefined || isFree(lease) ? undefined : lease;
    },
  };
}

function heldBy({ name, owner, since }: Lease): RunbookError {
  return new RunbookError(
    "RUN_HELD",
    `Run ${name} is driven by ${owner.user} on ${owner.host} (pid ${owner.pid}) since ${since}.`,
    { data: { run: name, pid: owner.pid, host: owner.host, user: owner.user, since } },
  );
}

function toLease({ name, epoch, owner, since, expires_at }: LeaseRow): Lease {
  return { name, epoch, since, owner: JSON.parse(owner) as Owner, expiresAt: new Date(expires_at) };
}
