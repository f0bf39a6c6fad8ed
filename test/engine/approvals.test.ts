import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decide, type Decision } from "../../src/engine/decide.ts";
import { drive } from "../../src/engine/drive.ts";
import { revoke } from "../../src/engine/revoke.ts";
import type { Actor, Draft, Gate } from "../../src/model/event.ts";
import { defineStep } from "../../src/model/step.ts";
import { summarise } from "../../src/model/summary.ts";
import { runbook } from "../../src/runbook/define.ts";
import { ana, bench, type Bench } from "../support/world-free.ts";

const input = z.strictObject({ usable: z.string().default("15m"), what: z.string().default("this") });
const bob: Actor = { kind: "human", id: "bob", identified: "os-user" };
const approve: Decision = { type: "approve", reason: "" };

/** A gate, then a write that is counted, then another gate. */
function guarded(approvers: Gate["approvers"] = "anyone", title = "Go?") {
  const writes: string[] = [];
  const write = defineStep({
    kind: "test.write",
    effect: "write",
    binds: { nothing: "there is only one" },
    risk: "high",
    input: z.strictObject({}),
    output: z.strictObject({}),
    timeout: "1m",
    describe: () => "write",
    run: async (_input, { key }) => {
      writes.push(key);
      return {};
    },
    probe: async () => ({ verdict: "not done", why: "It never is." }),
  });
  const { gate, step, define } = runbook("guarded", { title: "Guarded", input });
  const shown = (of: { readonly input: z.output<typeof input> }) => ({
    title,
    summary: of.input.what,
    risk: "high" as const,
    usable: of.input.usable,
    approvers,
  });
  const made = bench(
    define({ go: gate(shown as never), write: step(write, () => ({})), after: gate(shown as never) }),
  );
  return { ...made, writes, log: made.host.store.log };
}

async function waiting(made: ReturnType<typeof guarded>, given: object = {}) {
  const run = made.start(input.parse(given));
  await made.drive(run);
  const [open] = summarise(made.log.events(run)).gates;
  if (open === undefined) throw new Error("No gate is open.");
  return { run, open };
}

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

function grant(
  { host }: Bench,
  run: string,
  { actor = ana, at = new Date(), gate = null as string | null } = {},
) {
  const asked = { run, gate, digest: null, decision: approve, actor };
  store(host, decide(host.store.log.events(run), asked, at));
}

function store({ store: { log } }: Bench["host"], draft: Draft): void {
  log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
}

const refusal = (code: string, message?: RegExp) =>
  expect.objectContaining({ code, ...(message && { message: expect.stringMatching(message) }) });

test("an approval is used in the very transaction that records the intent which it allows", async () => {
  const made = guarded();
  const { run } = await waiting(made);
  grant(made, run);
  const turns: (readonly string[])[] = [];
  const host: typeof made.host = {
    ...made.host,
    commit: async (turn) => {
      turns.push(turn.drafts.map(({ type }) => type));
      return made.host.commit(turn);
    },
  };
  const stop = new AbortController().signal;
  await drive(host, run, {
    operator: bob,
    wait: false,
    patience: 0,
    resumed: "on",
    stop,
    onEvents: () => {},
  });
  expect(turns[0]).toEqual(["run.resumed", "approval.used", "step.started"]);
  expect(made.writes).toHaveLength(1);
});

test("an approval that was not used in time lets nothing begin, and the gate asks again", async () => {
  const made = guarded();
  const { run, open } = await waiting(made, { usable: "10m" });
  grant(made, run, { at: minutesAgo(11) });
  expect(await made.drive(run, { resumed: "late" })).toEqual({ type: "paused" });
  expect(made.types(run).slice(-2)).toEqual(["gate.closed", "gate.opened"]);
  const { gates, approvals } = summarise(made.log.events(run));
  expect(gates).toMatchObject([{ gate: "go#2", step: "go" }]);
  expect(gates[0]?.digest).not.toBe(open.digest);
  expect([approvals, made.writes]).toEqual([[], []]);
});

describe("a revoked approval", () => {
  const why = { gate: null, reason: "wrong window", actor: bob };

  test("lets nothing begin: whoever goes on finds the gate asking anew", async () => {
    const made = guarded();
    const { run } = await waiting(made);
    grant(made, run);
    expect(summarise(made.log.events(run)).approvals).toMatchObject([{ gate: { gate: "go" }, by: "ana" }]);
    store(made.host, revoke(made.log.events(run), { run, ...why }));
    await made.drive(run, { resumed: "on" });
    expect(made.writes).toEqual([]);
    expect(summarise(made.log.events(run))).toMatchObject({ gates: [{ gate: "go#2" }], approvals: [] });
    grant(made, run);
    await made.drive(run, { resumed: "on" });
    expect(made.writes).toHaveLength(1);
  });

  test("cannot be one that was used, or was never granted, or is taken back without a reason", async () => {
    const made = guarded();
    const { run } = await waiting(made);
    const asked = (more: object = {}) => revoke(made.log.events(run), { run, ...why, ...more });
    expect(() => asked()).toThrow(refusal("APPROVAL_UNKNOWN", /granted and not used: none/));
    grant(made, run);
    expect(() => asked({ reason: " " })).toThrow(refusal("REASON_NEEDED"));
    expect(() => asked({ gate: "after" })).toThrow(refusal("APPROVAL_UNKNOWN", /`after`.*`go`/));
    await made.drive(run, { resumed: "on" });
    expect(() => asked({ gate: "go" })).toThrow(refusal("APPROVAL_USED", /what it allowed has begun/));
  });
});

describe("an answer to something else", () => {
  const answer = (made: Bench, run: string, more: object) => () =>
    decide(
      made.host.store.log.events(run),
      { run, gate: null, digest: null, decision: approve, actor: ana, ...more },
      new Date(),
    );

  test("given before, is not taken a second time, neither before nor after it was used", async () => {
    const made = guarded();
    const { run, open } = await waiting(made);
    grant(made, run);
    const replayed = answer(made, run, { digest: open.digest.slice(0, 12) });
    expect(replayed).toThrow(refusal("GATE_ANSWERED", /`approval.granted` by ana at/));
    await made.drive(run, { resumed: "on" });
    expect(replayed).toThrow(refusal("GATE_CHANGED", /which is what gate `go` showed at/));
    expect(answer(made, run, { gate: "go", digest: open.digest })).toThrow(refusal("GATE_ANSWERED"));
  });

  test("seen in another run, with the same words, is refused", async () => {
    const [one, other] = [guarded(), guarded()];
    const [{ open }, { run }] = [await waiting(one), await waiting(other)];
    expect(answer(other, run, { gate: "go", digest: open.digest })).toThrow(
      refusal("GATE_CHANGED", /which no gate of this run has shown/),
    );
  });

  test("that is stored past all checks does not fit the record", async () => {
    const made = guarded();
    const { run, open } = await waiting(made);
    const { gate, digest } = open;
    store(made.host, { run, type: "approval.used", actor: ana, data: { gate, digest } });
    await expect(made.drive(run, { resumed: "on" })).rejects.toMatchObject({ code: "RECORD_BROKEN" });
    expect(made.writes).toEqual([]);
  });
});

test("the database itself takes a second use of an approval from nobody", async () => {
  const made = guarded();
  const { run, open } = await waiting(made);
  const { gate, digest } = open;
  const use = (): void =>
    store(made.host, { run, type: "approval.used", actor: ana, data: { gate, digest } });
  use();
  expect(use).toThrow(/claims/);
});

describe("a gate for others", () => {
  const sudo = (id: string): Actor => ({ ...ana, id });
  const allowed = (actor: Actor) => async () => {
    const made = guarded("others");
    const { run } = await waiting(made);
    grant(made, run, { actor });
  };

  test("keeps the person who asked for the run from approving, under another account too", async () => {
    for (const actor of [ana, sudo("root (SUDO_USER=ana)"), sudo("bob (sudo by ana)")])
      await expect(allowed(actor)()).rejects.toThrow(refusal("APPROVAL_BY_REQUESTER", /ana asked for run/));
  });

  test("takes the approval of anybody else, and the requester's rejection", async () => {
    await allowed(bob)();
    await allowed(sudo("root (SUDO_USER=bob)"))();
    const made = guarded("others");
    const { run } = await waiting(made);
    const decision: Decision = { type: "reject", reason: "not now" };
    const asked = { run, gate: null, digest: null, decision, actor: ana };
    expect(decide(made.log.events(run), asked, new Date())).toMatchObject({ type: "approval.denied" });
  });

  test("in a child run excludes whoever asked for the root", async () => {
    const { gate, define } = runbook("inner", { title: "Inner", input: z.strictObject({}) });
    const inner = define({
      ask: gate(() => ({ title: "Go?", summary: "", risk: "low" as const, approvers: "others" as const })),
    });
    const outer = runbook("outer", { title: "Outer", input: z.strictObject({}) });
    const made = bench(outer.define({ inner: outer.child(inner, () => ({})) }));
    const root = made.start({});
    await made.drive(root);
    const [child = ""] = summarise(made.host.store.log.events(root)).children.map(({ run }) => run);
    expect(() => grant(made, child)).toThrow(refusal("APPROVAL_BY_REQUESTER"));
    grant(made, child, { actor: bob });
  });
});

test("after a migration to another runbook neither an open gate nor an unused approval counts", async () => {
  const made = guarded();
  const { run, open } = await waiting(made);
  grant(made, run);
  const [first] = made.log.events(run);
  if (first?.type !== "run.started") throw new Error("A run begins with its start.");
  const from = first.data.runbook;
  const to = { ...from, source: "1".repeat(64) };
  store(made.host, { run, type: "run.migrated", actor: ana, data: { from, to } });
  await made.drive(run, { resumed: "on" });
  const [anew] = summarise(made.log.events(run)).gates;
  expect(anew).toMatchObject({ gate: "go#2", shown: open.shown, bound: { runbook: to.source } });
  expect(anew?.digest).not.toBe(open.digest);
  expect(made.writes).toEqual([]);
});

test("the digest of a gate changes with every single thing that it binds", async () => {
  const digests = new Set<string>();
  const note = async (made: ReturnType<typeof guarded>, given: object = {}) =>
    void digests.add((await waiting(made, given)).open.digest);
  const same = guarded();
  await note(same);
  await note(same);
  await note(guarded("others"));
  await note(guarded("anyone", "Go!"));
  await note(guarded(), { what: "thiz" });
  await note(guarded(), { usable: "14m" });
  expect(digests.size).toBe(6);
});
