import { setTimeout as sleep } from "node:timers/promises";
import { decide, type Deciding } from "../engine/decide.ts";
import { drive, type DriveEnd, type DriveOptions } from "../engine/drive.ts";
import type { Policy } from "../engine/policy.ts";
import { revoke, type Revoking } from "../engine/revoke.ts";
import { sign, type Signing } from "../engine/sign.ts";
import { pinOf } from "../engine/recompute.ts";
import { createLocalHost, type LocalHost } from "../host/local.ts";
import { hasSecret, resolveSecret } from "../host/step-context.ts";
import type { LoadedRunbook } from "../loader/load.ts";
import type { Clock } from "../model/clock.ts";
import { RunbookError } from "../model/error.ts";
import {
  engineActor,
  isOf,
  type Actor,
  type Draft,
  type Pinned,
  type RunEvent,
  type Target,
} from "../model/event.ts";
import { canonical, type JsonObject } from "../model/json.ts";
import { rests, summarise, type RunSummary } from "../model/summary.ts";
import { thisProcess } from "../process/identity.ts";
import { Secret } from "../model/secret.ts";
import { createRedactor } from "../redact/redactor.ts";
import type { Runbook } from "../runbook/types.ts";
import type { Fence } from "../store/leases.ts";
import { targetKey } from "../store/projection.ts";
import { openMaps } from "../store/maps.ts";
import { openStore, type Store } from "../store/store.ts";
import { whoAmI } from "../system/account.ts";
import { refuseBrokenStart } from "./validate-start.ts";
import { secretsOf } from "./inputs.ts";
import type { Globals, Io } from "../cli/io.ts";
import { isOwnerAlive, storeOptions } from "./store-options.ts";
import { renewing } from "./lease-heartbeat.ts";
import { pinnedRunbooks } from "./pinned.ts";
import { familyOf } from "./find-run.ts";

const realClock: Clock = {
  now: () => new Date(),
  sleepUntil: (due, signal) => sleep(Math.max(0, due.getTime() - Date.now()), undefined, { signal }),
};

/** What a new run is started with. */
export interface Beginning {
  readonly loaded: LoadedRunbook;
  readonly input: JsonObject;
  readonly target: Target | null;
  readonly identity: string | null;
  readonly tools: JsonObject;
  readonly actor: Actor;
}

/** A database, its host, and the right to drive one run at a time. */
export interface Session {
  readonly store: Store;
  readonly host: LocalHost;
  /** Records the start of a run; throws `TARGET_HELD` when another unfinished run acts on the same target. */
  readonly begin: (beginning: Beginning) => Promise<string>;
  /** Keeps a runbook's text, so that a run can be pinned to it. */
  readonly keep: (loaded: LoadedRunbook) => Promise<void>;
  /** The runbook in the text that a run keeps. */
  readonly pinned: (pinned: Pinned) => Promise<Runbook>;
  readonly drive: (run: string, options: DriveOptions) => Promise<DriveEnd>;
  readonly decide: (deciding: Deciding) => RunEvent;
  readonly revoke: (revoking: Revoking) => RunEvent;
  readonly sign: (run: string, signing: Signing) => RunEvent;
  /** Makes sure that the secrets of a family of runs are never stored; throws `SECRET_MISSING` where they are not known. */
  readonly learnSecrets: (root: string) => Promise<void>;
  readonly append: (draft: Draft) => void;
  /** The root of a run's family and its summary. */
  readonly summary: (run: string) => RunSummary;
  readonly close: () => void;
}

export function openSession(
  globals: Globals,
  io: Io,
  onProgress: (run: string, step: string, line: string) => void = () => {},
): Session {
  const store = openStore(storeOptions(globals, io));
  // The edge's: an error that nobody expected must not tell a secret either.
  const redactor = io.redactor ?? createRedactor();
  for (const name of ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) {
    const value = io.env[name];
    // Real ones are longer; a made-up word such as `testing` would be blotted out wherever it is used.
    if (value !== undefined && value.length >= 20) redactor.add(new Secret(name, value));
  }
  let fence: Fence | null = null;
  const host = createLocalHost({
    store,
    clock: realClock,
    redactor,
    env: io.env,
    fence: () => fence,
    onProgress,
    runbookOf: (_run, events) => pinned(pinOf(events)),
  });

  const maps = openMaps(store);
  const pinned = pinnedRunbooks(host.blobs, maps);

  async function keep({ text, map, source }: LoadedRunbook): Promise<void> {
    await host.blobs.put(Buffer.from(text));
    maps.keep(source, map);
  }

  function withLease<T>(name: string, work: () => T): T {
    const lease = store.leases.acquire(name, thisProcess());
    try {
      return work();
    } finally {
      store.leases.release(lease);
    }
  }

  async function begin(beginning: Beginning): Promise<string> {
    const { loaded, input, target } = beginning;
    for (const reference of secretsOf(loaded.runbook, input))
      resolveSecret(reference, { env: io.env, redactor });
    refuseSecrets(input, redactor.json(input));
    await keep(loaded);
    const draft = startOf(host.mint.run(), beginning);
    refuseBrokenStart(loaded.runbook, { ...draft, rseq: 1, at: io.now().toISOString() });
    const record = (): void =>
      void store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
    if (target === null) record();
    else
      withLease(`target:${targetKey(target)}`, () => {
        refuseHeldTarget(store, targetKey(target), io.now());
        record();
      });
    return draft.run;
  }

  async function driveHeld(run: string, options: DriveOptions): Promise<DriveEnd> {
    fence = store.leases.acquire(run, thisProcess());
    const held = fence;
    try {
      await learnSecrets(run);
      noteLease(run, held, options.policy);
      const renew = (): void => store.leases.renew(held);
      return await renewing({ renew, every: 5_000, stop: options.stop }, (stop) =>
        drive(host, run, { ...options, stop }),
      );
    } finally {
      store.leases.release(held);
      fence = null;
    }
  }

  function noteLease(run: string, held: Fence, policy: Policy | undefined): void {
    const { host: machine, pid, user } = thisProcess();
    const approves = policy === undefined ? {} : { approves: policy.approves };
    const data = { epoch: held.epoch, host: machine, pid, user, ...approves };
    const drafts = [{ run, type: "lease.acquired", actor: engineActor, data }] as const;
    store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, held);
  }

  /** Secrets are looked up before anything is started: what a step prints must be redacted from its first byte. */
  async function learnSecrets(run: string): Promise<void> {
    for (const { runbook, events } of (await host.load(run)).runs) {
      const [first] = events;
      if (first === undefined || !isOf(first, "run.started")) continue;
      // A run that is being cancelled starts nothing any more: it must not need its secrets to end.
      const ends = events.some((event) => isOf(event, "cancel.requested"));
      for (const reference of secretsOf(runbook, first.data.input)) {
        if (!ends || hasSecret(reference, io.env)) resolveSecret(reference, { env: io.env, redactor });
      }
    }
  }

  function append(draft: Draft): void {
    store.log.append(
      { drafts: [redactor.json(draft as never)], seen: new Map(), snapshots: new Map() },
      null,
    );
  }

  function appendDecided(run: string, decided: (events: readonly RunEvent[]) => Draft): RunEvent {
    const recorded = recordDecision(store, run, (events) => redactor.json(decided(events) as never));
    host.notice();
    return recorded;
  }

  return {
    store,
    host,
    begin,
    keep,
    pinned,
    drive: driveHeld,
    learnSecrets,
    append,
    decide: (deciding) => appendDecided(deciding.run, (events) => decide(events, deciding, io.now())),
    revoke: (revoking) => appendDecided(revoking.run, (events) => revoke(events, revoking)),
    sign: (run, signing) =>
      appendDecided(run, () =>
        sign(
          familyOf(store, run).map(({ events }) => events),
          signing,
        ),
      ),
    summary: (run) => summaryOf(store, run),
    close: store.close,
  };
}

function summaryOf(store: Store, run: string): RunSummary {
  const events = store.log.events(run);
  if (events.length === 0)
    throw new RunbookError("RUN_UNKNOWN", `There is no run ${run} in \`${store.file}\`.`);
  return summarise(events);
}

/** Who sits at the keyboard, as far as the operating system knows. */
export function operatorOf(io: Pick<Io, "env">): Actor {
  const sudo = io.env["SUDO_USER"];
  const { name: id } = whoAmI();
  return {
    kind: "human",
    id: sudo === undefined || sudo === "" ? id : `${id} (sudo by ${sudo})`,
    identified: "os-user",
  };
}

/** Appends what a person decides on the events as they are: again on the newer ones when somebody else was quicker. */
function recordDecision(
  store: Store,
  run: string,
  decided: (events: readonly RunEvent[]) => Draft,
): RunEvent {
  for (;;) {
    const events = store.log.events(run);
    if (events.length === 0) {
      throw new RunbookError("RUN_UNKNOWN", `There is no run ${run} in \`${store.file}\`.`);
    }
    const draft = decided(events);
    const seen = new Map([[run, events.length]]);
    const committed = store.log.append({ drafts: [draft], seen, snapshots: new Map() }, null);
    const [event] = committed.type === "stored" ? committed.events : [];
    if (event === undefined) continue;
    store.anchor.note(store.log.head(), true);
    return event;
  }
}

function startOf(
  run: string,
  { loaded, input, target, identity, tools, actor }: Beginning,
): Extract<Draft, { readonly type: "run.started" }> {
  const { runbook, source } = loaded;
  return {
    run,
    type: "run.started",
    actor,
    data: {
      runbook: { id: runbook.id, title: runbook.title, source },
      input,
      target,
      identity,
      tools,
      parent: null,
      steps: runbook.steps,
      criteria: runbook.criteria.map(({ id, title, step }) => ({ id, title, step })),
    },
  };
}

function refuseSecrets(input: JsonObject, redacted: JsonObject): void {
  const name = Object.keys(input).find((key) => canonical(input[key]) !== canonical(redacted[key]));
  if (name === undefined) return;
  throw new RunbookError(
    "INPUT_HOLDS_SECRET",
    `Input \`${name}\` holds the value of a secret; it would be stored.`,
  );
}

function refuseHeldTarget(store: Store, key: string, now: Date): void {
  for (const { run } of store.openOnTarget(key)) {
    const holder = summarise(store.log.events(run));
    if (rests(holder)) continue;
    const lease = store.leases.find(run);
    const driven = lease !== undefined && lease.expiresAt > now && isOwnerAlive(lease.owner);
    const by = driven
      ? `, driven by ${lease.owner.user} on ${lease.owner.host} (pid ${lease.owner.pid})`
      : ", nobody drives it";
    const what = `Run ${run} (\`${holder.start.runbook.id}\`, started ${holder.startedAt} by ${holder.requester}${by})`;
    const end = `or end it: runwright cancel ${run} --reason "..."`;
    throw new RunbookError("TARGET_HELD", `${what} is unfinished on ${key}.`, {
      data: { run, since: holder.startedAt, requester: holder.requester, driven },
      hint: driven
        ? `Watch it: runwright status ${run}   ${end}`
        : `Go on with it: runwright resume ${run}   ${end}`,
    });
  }
}
