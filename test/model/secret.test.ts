import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret, secretReference } from "../../src/model/secret.ts";

const secret = new Secret("env:TOKEN", "canary-of-a-secret");

test("a secret is shown by its name, however it is printed", () => {
  const shown = [String(secret), inspect(secret), format("%s %o", "x", secret)];
  shown.push(JSON.stringify({ secret }), inspect({ deep: { secret } }, { showHidden: true }));
  for (const text of shown) {
    expect(text).toContain("[secret env:TOKEN]");
    expect(text).not.toContain("canary");
  }
  expect(secret.reveal()).toBe("canary-of-a-secret");
});

test("a secret input is a reference and never a value", () => {
  for (const reference of ["env:TOKEN", "env:_a1", "file:/run/secrets/token"])
    expect(secretReference.parse(reference)).toBe(reference);
  for (const value of ["hunter2", "env:", "env:1A", "file:", "ENV:TOKEN", ""])
    expect(secretReference.safeParse(value).success).toBe(false);
});
