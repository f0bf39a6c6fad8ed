import { expect, test } from "vitest";
import { writeLogLibrary } from "./library.ts";
import { breakages, record } from "./record.ts";
import { sweep } from "./sweep.ts";

const library = writeLogLibrary();
const seed = 20_261_122;

test.skipIf(library === undefined)(
  "after a power cut at any moment of two runs the database, which only SQLite opens, has every acknowledged event",
  async () => {
    const { entries, file, forget } = await record(library ?? "", { runs: 2 });
    // Reading it past SQLite would drop SQLite's locks.
    expect(entries.filter(({ type }) => type === "foreign")).toEqual([]);
    const { failures, states, early, events } = await sweep(entries, { seed, states: 400 });
    expect(failures, `seed ${seed}, look again with npm run test:crash -- --recording ${file}`).toEqual([]);
    forget();
    expect(states).toBe(400);
    // The states are not all from before anything happened.
    expect(early).toBeLessThan(200);
    expect(events).toBeGreaterThan(50);
  },
);

test.skipIf(library === undefined)(
  "without waiting for the disk at each commit, power cuts lose acknowledged events",
  async () => {
    const { entries, forget } = await record(library ?? "", { runs: 1, breakage: breakages.hasty });
    expect((await sweep(entries, { seed, states: 100 })).lost).toBeGreaterThan(10);
    forget();
  },
);

test.skipIf(library === undefined)("an anchor whose name was not kept is missed", async () => {
  const { entries, forget } = await record(library ?? "", { runs: 1, breakage: breakages.nameless });
  const { failures, lost } = await sweep(entries, { seed, states: 100 });
  forget();
  expect(lost).toBe(0);
  expect(failures.map(({ verdict }) => ("why" in verdict ? verdict.why : ""))).toContainEqual(
    expect.stringContaining("the anchor has lost event"),
  );
});

test.skipIf(library === undefined)("an engine that opens the database past SQLite is noticed", async () => {
  const { entries, forget } = await record(library ?? "", { runs: 1, breakage: breakages.prying });
  forget();
  expect(entries).toContainEqual({ type: "foreign", path: "state.db" });
});
