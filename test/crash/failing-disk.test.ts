import { beforeAll, describe, expect, test } from "vitest";
import { buildEngine } from "./build.ts";
import { survive, type Fault } from "./failing-disk.ts";
import { writeLogLibrary } from "./library.ts";
import { breakages } from "./record.ts";

const library = writeLogLibrary();

const faults: readonly Fault[] = [
  { operation: "write", name: "state.db", first: 60, count: 1 },
  { operation: "sync", name: "state.db", first: 14, count: 0 },
  { operation: "sync", name: "anchors", first: 2, count: 0 },
  { operation: "write", name: "blobs", first: 1, count: 0 },
];

describe.skipIf(library === undefined)("an engine on a disk that fails", () => {
  let engine = "";
  beforeAll(async () => {
    engine = await buildEngine("failing-engine");
  });

  test.concurrent.each(faults)(
    "at $operation $first of $name stops, has told nothing that is not stored, and goes on when the disk is well",
    async (fault) => {
      expect(await survive(library ?? "", engine, fault)).toEqual({ end: "STORAGE_FAILED", wrong: null });
    },
  );

  test("one that tells what the disk has not taken is found out", async () => {
    const careless = await buildEngine("careless-engine", breakages.careless);
    const fault = { operation: "sync", name: "state.db", first: 14, count: 0 } as const;
    const { wrong } = await survive(library ?? "", careless, fault);
    expect(wrong).toMatch(/older than its anchor: event \d+ .* was stored/);
  });
});
