import os from "node:os";
import { expect, test } from "vitest";
import { home, personalDirectory, requireDirectory, whoAmI } from "../../src/system/account.ts";

test("an account with a name is called by it, whatever the environment says", () => {
  process.env["USER"] = "mallory";
  process.env["LOGNAME"] = "mallory";
  expect(whoAmI()).toEqual({ uid: os.userInfo().uid, name: os.userInfo().username });
});

test("the home is what HOME names, else that of the account, and an empty HOME names nothing", () => {
  expect(home({ HOME: "/home/ana" })).toBe("/home/ana");
  expect(home({})).toBe(os.userInfo().homedir);
  expect(home({ HOME: "" })).toBe(os.userInfo().homedir);
});

test("files of a person lie where XDG's variables say, else below the home", () => {
  const env = { HOME: "/home/ana" };
  expect(personalDirectory("config", env)).toBe("/home/ana/.config/runwright");
  expect(personalDirectory("cache", env)).toBe("/home/ana/.cache/runwright");
  expect(personalDirectory("state", { ...env, XDG_STATE_HOME: "" })).toBe("/home/ana/.local/state/runwright");
  expect(requireDirectory("state", { ...env, XDG_STATE_HOME: "/var/lib" }, "keys")).toBe(
    "/var/lib/runwright",
  );
});
