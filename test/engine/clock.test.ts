import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { approvalsCheck } from "../../src/audit/approvals.ts";
import { decide } from "../../src/engine/decide.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { eventText } from "../../src/model/event-text.ts";
import { runbook } from "../../src/runbook/define.ts";
import { ana, bench, type Bench } from "../support/world-free.ts";

const minute = 60_000;
const { gate, wait, define } = runbook("asks", { title: "Asks", input: z.strictObject({}) });
const asking = define({
  ask: gate(() => ({ title: "Go?", summary: "", risk: "low", expires: "4h" })),
  rest: wait(() => "1d"),
});

/** A machine whose clock somebody sets. */
function settable(): Bench & { readonly set: (milliseconds: number) => void } {
  let offset = 0;
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-"));
  const made = bench(asking, dir, () => new Date(Date.now() + offset));
  return { ...made, set: (milliseconds) => void (offset = milliseconds) };
}

function approve({ host: { store } }: Bench, run: string): RunEvent {
  const now = store.now();
  const events = store.log.events(run);
  const decision = { type: "approve", reason: "" } as const;
  const draft = decide(events, { run, gate: null, digest: null, decision, actor: ana }, now);
  const turn = { at: now.toISOString(), drafts: [draft], seen: new Map(), snapshots: new Map() };
  const committed = store.log.append(turn, null);
  const [event] = committed.type === "stored" ? committed.events : [];
  if (event === undefined) throw new Error("Somebody was first.");
  return event;
}

function verdictOn(events: readonly RunEvent[]): string {
  return approvalsCheck(events.map((event) => ({ event }) as never)).verdict;
}

/** In whole minutes, and without the times. */
function jumpsIn(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.type !== "clock.jumped") return [];
    const { clock, expected } = event.data;
    const minutes = Math.round(Math.abs(Date.parse(clock) - Date.parse(expected)) / minute);
    return [
      eventText(event)
        .replace(/by \S+:/, `by ${minutes}m:`)
        .replace(/shows [^,;]+/, "shows ..."),
    ];
  });
}

test("an approval that expired while the clock was ahead is not used after the clock is set right", async () => {
  const at = settable();
  at.set(20 * minute);
  const run = at.start({});
  await at.drive(run);
  const { data } = approve(at, run);
  const useBy = "useBy" in data ? (data.useBy ?? "") : "";
  at.set(36 * minute);
  const other = at.start({});
  at.set(16 * minute);
  expect(new Date(Date.now() + 16 * minute).toISOString() < useBy).toBe(true);
  expect(await at.drive(run, { resumed: "again" })).toEqual({ type: "paused" });
  const events = at.host.store.log.events(run);
  expect(events.map(({ type }) => type).slice(-5)).toEqual([
    "run.resumed",
    "clock.jumped",
    "clock.jumped",
    "gate.closed",
    "gate.opened",
  ]);
  expect(events.at(-2)?.data).toMatchObject({ why: "approval expired" });
  expect(verdictOn(events)).toBe("pass");
  expect(jumpsIn(events)).toEqual([
    "CLOCK WENT AHEAD by 20m: it shows ..., and the record's time follows it",
    "CLOCK WENT AHEAD by 16m: it shows ..., and the record's time follows it",
    "CLOCK WENT BACK by 20m: it shows ...; until it has caught up, the record's time continues without it",
  ]);
  expect(at.host.store.log.events(other)).toHaveLength(1);
});

test("a timer goes on as fast as before when the clock is set back, and a jump ahead is told", async () => {
  const at = settable();
  const run = at.start({});
  await at.drive(run);
  approve(at, run);
  at.set(7 * minute);
  await at.drive(run, { resumed: "again" });
  at.set(-60 * minute);
  await at.drive(run, { resumed: "and again" });
  expect(jumpsIn(at.host.store.log.events(run))).toEqual([
    "CLOCK WENT AHEAD by 7m: it shows ..., and the record's time follows it",
    "CLOCK WENT BACK by 67m: it shows ...; until it has caught up, the record's time continues without it",
  ]);
});

test("an engine whose machine is behind the record says so, once in its life", async () => {
  const before = settable();
  before.set(45 * minute);
  const run = before.start({});
  const { host } = before;
  await before.drive(run);
  host.store.close();
  const after = bench(asking, before.dir);
  await after.drive(run, { resumed: "again" });
  await after.drive(run, { resumed: "and again" });
  const events = after.host.store.log.events(run);
  expect(jumpsIn(events)).toEqual([
    "CLOCK WENT AHEAD by 45m: it shows ..., and the record's time follows it",
    "CLOCK IS BEHIND THE RECORD by 45m: it shows ...; until it has caught up, the record's time continues without it",
  ]);
  expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted());
});

test("a record in which an approval was used after its time fails verification", async () => {
  const at = settable();
  const run = at.start({});
  await at.drive(run);
  approve(at, run);
  await at.drive(run, { resumed: "again" });
  const events = at.host.store.log.events(run);
  expect(verdictOn(events)).toBe("pass");
  const late = events.map((event) =>
    event.type === "approval.used"
      ? { ...event, at: new Date(Date.now() + 16 * minute).toISOString() }
      : event,
  );
  expect(verdictOn(late)).toBe("fail");
  expect(verdictOn(events.filter(({ type }) => type !== "approval.granted"))).toBe("fail");
});
