import { expect, test } from "vitest";
import { actorAtKeyboard } from "../../src/runs/actor-at-keyboard.ts";
import { whoAmI } from "../../src/system/account.ts";

test("who sits here is the account, and who became it by sudo", () => {
  const { name } = whoAmI();
  expect(actorAtKeyboard({ env: {} })).toEqual({ kind: "human", id: name, identified: "os-user" });
  expect(actorAtKeyboard({ env: { SUDO_USER: "" } }).id).toBe(name);
  expect(actorAtKeyboard({ env: { SUDO_USER: "ana" } }).id).toBe(`${name} (sudo by ana)`);
});
