import { expect, test } from "vitest";
import { operatorOf } from "../../src/runs/operator.ts";
import { whoAmI } from "../../src/system/account.ts";

test("who sits here is the account, and who became it by sudo", () => {
  const { name } = whoAmI();
  expect(operatorOf({ env: {} })).toEqual({ kind: "human", id: name, identified: "os-user" });
  expect(operatorOf({ env: { SUDO_USER: "" } }).id).toBe(name);
  expect(operatorOf({ env: { SUDO_USER: "ana" } }).id).toBe(`${name} (sudo by ana)`);
});
