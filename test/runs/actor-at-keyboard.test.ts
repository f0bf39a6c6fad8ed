import { expect, test } from "vitest";
import { actorAtKeyboard } from "../../src/runs/actor-at-keyboard.ts";
import { whoIsHere } from "../../src/system/account.ts";

test("who sits here is whom the kernel names, and beside it stands what sudo's variable says", () => {
  const { name } = whoIsHere();
  expect(actorAtKeyboard({ env: {} })).toEqual({ kind: "human", id: name, identified: "os-user" });
  expect(actorAtKeyboard({ env: { SUDO_USER: "" } }).id).toBe(name);
  expect(actorAtKeyboard({ env: { SUDO_USER: name } }).id).toBe(name);
  expect(actorAtKeyboard({ env: { SUDO_USER: "ana" } }).id).toBe(`${name} (SUDO_USER=ana)`);
});

test("a variable cannot write itself the name of another", () => {
  const { name } = whoIsHere();
  expect(actorAtKeyboard({ env: { SUDO_USER: "x) (sudo by bob)\n" } }).id).toBe(
    `${name} (SUDO_USER=xsudobybob)`,
  );
});
