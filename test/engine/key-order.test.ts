import { expect, test } from "vitest";
import { z } from "zod";
import { recompute } from "../../src/engine/recompute.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { canonical, type JsonObject } from "../../src/model/json.ts";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { everyPath, fake, simulate } from "../../src/testing/index.ts";

const record = z.record(z.string(), z.json());

const look = defineStep({
  kind: "test.tags",
  effect: "read",
  risk: "none",
  timeout: "1m",
  input: record,
  output: record,
  describe: () => "look",
  run: async () => ({}),
});

const input = z.strictObject({ tags: record.default({}) });
const inner = runbook("inner", { title: "Inner", input });
const inside = inner.define({
  tell: inner.step(look, ({ input }) => ({ told: Object.keys(input.tags).join() })),
});

const author = runbook("order", { title: "Order", input });

/** Every decision in it hangs on the order of keys. */
const made = author.define({
  look: author.step(look, () => ({}), {
    findings: (tags) => [{ text: Object.keys(tags).join(), status: "confirmed" }],
    routes: [{ when: (tags) => Object.keys(tags)[0] === "zone", to: "failed" }],
  }),
  ask: author.gate(({ get }) => ({
    title: Object.keys(get(look, "look")).join(),
    summary: JSON.stringify(get(look, "look")),
    risk: "low",
  })),
  inside: author.child(inside, ({ get }) => ({ tags: get(look, "look") })),
});

/** As they are read from a log. */
function stored(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.map((event) => ({ ...event, data: JSON.parse(canonical(event.data)) }));
}

function differences(events: readonly RunEvent[]) {
  const runs = [...new Set(events.map(({ run }) => run))];
  return runs.flatMap((run) =>
    recompute({
      events: stored(events.filter((event) => event.run === run)),
      snapshot: undefined,
      runbookOf: () => (run === events[0]?.run ? made : inside),
    }),
  );
}

const zoned = { zone: "a", name: { z: 1, a: [{ y: 1, b: 2 }] }, 10: "ten", 9: "nine" };
const steps = [fake(look, zoned)];

test("a runbook that looks at the order of keys finds the same one in its run and in the record", async () => {
  const run = await simulate(made, { steps, answers: { ask: "approve" } });
  expect(run.end).toBe("succeeded");
  expect(differences(run.events)).toEqual([]);
  const gate = run.events.find(({ type }) => type === "gate.opened")?.data as unknown as {
    shown: JsonObject;
  };
  expect(gate.shown["summary"]).toBe('{"9":"nine","10":"ten","name":{"a":[{"b":2,"y":1}],"z":1},"zone":"a"}');
});

test("and so it does on every path", async () => {
  const { paths } = await everyPath(made, { steps });
  expect(paths.length).toBeGreaterThan(2);
  for (const { events } of paths) expect(differences(events)).toEqual([]);
});
