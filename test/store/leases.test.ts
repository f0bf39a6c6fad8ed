import { expect, test } from "vitest";
import { openAt, place } from "./store-support.ts";

const ana = { pid: 11, start: "1", boot: "b", host: "one", user: "ana" };
const ben = { pid: 22, start: "2", boot: "b", host: "two", user: "ben" };

test("a lease that is held is refused, naming the holder and since when", () => {
  const { leases } = openAt(place(), { now: () => new Date("2026-07-01T12:00:00Z") });
  leases.acquire("r1", ana);
  expect(() => leases.acquire("r1", ben)).toThrowError(
    expect.objectContaining({
      code: "RUN_HELD",
      message: "Run r1 is driven by ana on one (pid 11) since 2026-07-01T12:00:00.000Z.",
      data: expect.objectContaining({ pid: 11, host: "one" }),
    }),
  );
  expect(leases.acquire("r2", ben)).toEqual({ name: "r2", epoch: 1 });
});

test("a dead owner's lease is taken at once, under a new epoch", () => {
  const { leases } = openAt(place(), { isAlive: ({ pid }) => pid !== ana.pid });
  expect(leases.acquire("r1", ana).epoch).toBe(1);
  expect(leases.acquire("r1", ben).epoch).toBe(2);
  expect(leases.find("r1")).toMatchObject({ owner: ben, epoch: 2 });
});

test("a silent owner's lease runs out, and a renewed one does not", () => {
  let now = 0;
  const { leases } = openAt(place(), { now: () => new Date(now) });
  const fence = leases.acquire("r1", ana);
  now = 14_000;
  leases.renew(fence);
  now = 28_000;
  expect(() => leases.acquire("r1", ben)).toThrowError(expect.objectContaining({ code: "RUN_HELD" }));
  now = 29_001;
  expect(leases.acquire("r1", ben).epoch).toBe(2);
  // The former owner renews what is not its own any more: that changes nothing.
  leases.renew(fence);
  leases.release(fence);
  expect(leases.find("r1")).toMatchObject({ owner: ben, expiresAt: new Date(44_001) });
});

test("a released lease is free", () => {
  const { leases } = openAt(place());
  leases.release(leases.acquire("r1", ana));
  expect(leases.acquire("r1", ben).epoch).toBe(2);
});
