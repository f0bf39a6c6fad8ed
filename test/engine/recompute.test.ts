import { expect, test } from "vitest";
import { recompute, stateAt, type RecordedRun } from "../../src/engine/recompute.ts";
import { isOf, type EventType, type RunEvent } from "../../src/model/event.ts";
import { finishedRun, smallRunbook } from "../support/read-run.ts";

/** A finished run with its child, as it is stored. */
async function recorded(input: Parameters<typeof finishedRun>[0] = {}): Promise<readonly RecordedRun[]> {
  const { host, run } = await finishedRun(input);
  const { family } = await smallRunbook();
  return host.store.runTree(run).map((row) => ({
    events: host.store.log.events(row.run),
    snapshot: host.store.snapshot(row.run),
    runbookOf: ({ id }) => {
      const found = family.get(id);
      if (found === undefined) throw new Error(`no runbook ${id}`);
      return found;
    },
  }));
}

/** The same with the data of the first event of a type changed. */
function forged(record: RecordedRun, type: EventType, change: object): RecordedRun {
  const index = record.events.findIndex((event) => event.type === type);
  const events = record.events.map((event, at) =>
    at === index ? ({ ...event, data: { ...event.data, ...change } } as RunEvent) : event,
  );
  return { ...record, events };
}

function rootOf([root]: readonly RecordedRun[]): RecordedRun {
  if (root === undefined) throw new Error("There is a run.");
  return root;
}

test("a run and its child recompute to what was stored, retries and gates included", async () => {
  const runs = await recorded({ fail: 1 });
  expect(runs).toHaveLength(2);
  expect(runs.flatMap(recompute)).toEqual([]);
  expect(runs.every(({ snapshot }) => snapshot !== undefined)).toBe(true);
});

test("a stored snapshot that the events do not lead to is a difference", async () => {
  const root = rootOf(await recorded());
  const { json = "", rseq = 0 } = root.snapshot ?? {};
  const snapshot = { json: json.replace("hello", "hallo"), rseq };
  expect(recompute({ ...root, snapshot })).toMatchObject([{ rseq, what: "the snapshot" }]);
});

test.each(["status", "value", "context", "historyValue", "output"])(
  "another %s in a stored snapshot is a difference",
  async (part) => {
    const root = rootOf(await recorded());
    const { json = "{}", rseq = 0 } = root.snapshot ?? {};
    const snapshot = {
      json: JSON.stringify({ ...(JSON.parse(json) as object), [part]: { is: "other" } }),
      rseq,
    };
    expect(recompute({ ...root, snapshot })).toMatchObject([{ rseq, what: "the snapshot" }]);
  },
);

test("how a version of xstate writes a snapshot down is none", async () => {
  const root = rootOf(await recorded());
  const { json = "{}", rseq = 0 } = root.snapshot ?? {};
  const written = { ...(JSON.parse(json) as object), children: { act: {} }, written: "otherwise" };
  expect(recompute({ ...root, snapshot: { json: JSON.stringify(written), rseq } })).toEqual([]);
});

test.each([
  ["gate.opened", { shown: { title: "Go on?", summary: "bye", risk: "high" } }, "gate.opened approve: shown"],
  ["gate.opened", { digest: "0".repeat(64) }, "gate.opened approve: digest"],
  ["step.started", { input: { fail: 0, text: "other" } }, "step.started look: input"],
  ["criterion.evaluated", { verdict: "fail" }, "criterion.evaluated acted: verdict"],
  ["finding.recorded", { text: "it says nothing" }, "finding.recorded: text"],
  ["followUp.added", { owner: "nobody" }, "followUp.added tell: owner"],
] as const)("a forged %s is a difference", async (type, change, what) => {
  const root = rootOf(await recorded());
  expect(recompute(forged(root, type, change))[0]).toMatchObject({ what });
});

test("a forged output shows in what followed from it", async () => {
  const root = rootOf(await recorded());
  const output = { text: "hallo", calls: 1 };
  expect(recompute(forged(root, "step.succeeded", { output }))).toMatchObject([
    { what: "finding.recorded: text" },
    { what: "the snapshot" },
  ]);
});

test("an event that cannot have happened there ends the comparison with the reason", async () => {
  const root = rootOf(await recorded());
  const events = root.events.filter(({ type }) => type !== "approval.granted");
  expect(recompute({ ...root, events }).at(-1)?.recomputed).toContain("is missing before it");
});

test("the state after any event is the one that the machine had then", async () => {
  const root = rootOf(await recorded());
  const opened = root.events.find((event) => isOf(event, "gate.opened"));
  expect(stateAt(root, opened?.rseq ?? 0).snapshot.value).toBe("approve");
  expect(stateAt(root, 1).snapshot.value).toEqual({ look: "attempt" });
});
