import { expect, test } from "vitest";
import { differencesOf } from "../../src/engine/recompute.ts";
import { answerTo } from "../../src/runs/replay-answer.ts";
import { finishedRun } from "../support/read-run.ts";

async function asked() {
  const { host, run } = await finishedRun();
  const runs = host.store.runTree(run).map((row) => host.store.log.events(row.run));
  const [first] = runs[0] ?? [];
  if (first?.type !== "run.started") throw new Error("A run begins with its start.");
  const { source } = first.data.runbook;
  const texts = { [source]: Buffer.from(await host.blobs.get(source)).toString() };
  return { runs, texts, snapshots: {} };
}

const nothing = (name: string): never => {
  throw new Error(`no ${name} here`);
};

test("what an honest run's events lead to is what they say", async () => {
  const question = await asked();
  const answer = await answerTo({ ...question, wants: "derivations" }, nothing);
  if (answer.type !== "derivations") throw new Error("It derives.");
  const found = question.runs.flatMap((events, index) => {
    const derivation = answer.derivations[index];
    return derivation === undefined ? [] : differencesOf({ events, snapshot: undefined }, derivation);
  });
  expect(found).toEqual([]);
});

test("a text that is missing or throws is a reason, not an error", async () => {
  const { texts, ...question } = await asked();
  const without = await answerTo({ ...question, texts: {}, wants: "states" }, nothing);
  expect(without).toMatchObject({ type: "failed", why: expect.stringContaining("is not here") });
  const broken = Object.fromEntries(Object.keys(texts).map((source) => [source, 'require("node:fs")']));
  const refused = await answerTo({ ...question, texts: broken, wants: "pictures" }, nothing);
  expect(refused).toMatchObject({ type: "failed", why: expect.stringContaining("no node:fs here") });
});
