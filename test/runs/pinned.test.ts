import { expect, test } from "vitest";
import { sha256 } from "../../src/model/json.ts";
import { pinnedRunbooks, pinsOf, runbooksOf } from "../../src/runs/pinned.ts";
import { smallBench } from "../support/read-run.ts";

async function pinned() {
  const made = await smallBench();
  const [first] = made.host.store.log.events(made.start({ fail: 0, text: "hello" }));
  if (first?.type !== "run.started") throw new Error("A run begins with its start.");
  return { ...made, first, pin: first.data.runbook };
}

test("a text is read once for all the runbooks in it", async () => {
  const { host, pin } = await pinned();
  let reads = 0;
  const load = pinnedRunbooks({ get: (digest) => ((reads += 1), host.blobs.get(digest)) });
  const [outer, again, inner] = await Promise.all([load(pin), load(pin), load({ ...pin, id: "inner" })]);
  expect([outer.id, inner.id, reads]).toEqual(["outer", "inner", 1]);
  expect(again).toBe(outer);
});

test("a pin that leads to no runbook means a broken record", async () => {
  const { host, pin, first } = await pinned();
  const load = pinnedRunbooks(host.blobs);
  await expect(load({ ...pin, id: "other" })).rejects.toMatchObject({ code: "RECORD_BROKEN" });
  const find = await runbooksOf([[first]], load);
  expect(find(pin).id).toBe("outer");
  expect(() => find({ ...pin, source: sha256("another text") })).toThrowError(
    expect.objectContaining({ code: "RECORD_BROKEN" }),
  );
});

test("a runbook that took over is found, too", async () => {
  const { host, pin, first } = await pinned();
  const moved = { ...first, type: "run.migrated", data: { from: pin, to: { ...pin, id: "inner" } } } as const;
  const find = await runbooksOf([[moved]], pinnedRunbooks(host.blobs));
  expect(find({ ...pin, id: "inner" }).id).toBe("inner");
});

test("a run was pinned to what it began with and to what took over", async () => {
  const { pin, first } = await pinned();
  const to = { ...pin, id: "inner" };
  expect(pinsOf([first, { ...first, type: "run.migrated", data: { from: pin, to } }])).toEqual([pin, to]);
});
