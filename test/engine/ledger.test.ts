import { expect, test } from "vitest";
import { Ledger } from "../../src/engine/ledger.ts";
import { createDice } from "../sim/dice.ts";

test("a change makes another ledger and leaves the old one as it was", () => {
  const empty = Ledger.empty<number>();
  const one = empty.with("a", 1);
  const two = one.with("a", 2).with("b", 3);
  const other = one.with("c", 4);
  expect([empty.get("a"), one.get("a"), two.get("a"), other.get("a")]).toEqual([undefined, 1, 2, 1]);
  expect(two.toObject()).toEqual({ a: 2, b: 3 });
  expect(other.toObject()).toEqual({ a: 1, c: 4 });
  expect(empty.toObject()).toEqual({});
});

test("names are in the order in which they came up, also in a ledger that was gone back to", () => {
  const first = Ledger.empty<number>().with("b", 1).with("a", 2);
  const branch = first.with("d", 3).with("c", 4);
  first.with("x", 5).get("x");
  expect(Object.keys(branch.toObject())).toEqual(["b", "a", "d", "c"]);
  expect(Object.keys(first.toObject())).toEqual(["b", "a"]);
});

test("ledgers that grow out of each other in any order say what copies would say", () => {
  const dice = createDice(7);
  const root = { ledger: Ledger.empty<number>(), copy: new Map<string, number>() };
  const made = [root];
  const any = (): typeof root => made[dice.below(made.length)] ?? root;
  for (let round = 0; round < 2_000; round += 1) {
    const from = any();
    const name = `n${dice.below(12)}`;
    const ledger = from.ledger.with(name, round);
    made.push({ ledger, copy: new Map(from.copy).set(name, round) });
    const seen = any();
    expect(Object.entries(seen.ledger.toObject())).toEqual([...seen.copy]);
  }
});
