import { expect, test } from "vitest";
import { z } from "zod";
import { runbook } from "../../src/runbook/define.ts";
import { secretReference } from "../../src/model/secret.ts";
import { checkInput, parseInputs, parseSome, secretsOf } from "../../src/runs/inputs.ts";

const Input = z.strictObject({
  url: z.url().describe("where"),
  tries: z.number().default(3),
  key: secretReference.optional(),
});
const { wait, define } = runbook("typed", { title: "Typed", input: Input });
const typed = define({ pause: wait(() => "1ms") });

test("texts become what the schema asks for, and defaults are filled in", () => {
  expect(parseInputs(typed, ["url=https://a.example", "tries=5"])).toEqual({
    url: "https://a.example",
    tries: 5,
  });
  expect(parseSome(typed, [])).toEqual({ tries: 3 });
});

test("a program's values are checked in the same way", () => {
  expect(checkInput(typed, { url: "https://a.example" })).toEqual({ url: "https://a.example", tries: 3 });
  expect(() => checkInput(typed, { url: "https://a.example", other: 1 })).toThrowError(
    /has no input `other`/,
  );
  expect(() => checkInput(typed, { url: 7 })).toThrowError(
    expect.objectContaining({ code: "INPUT_MALFORMED" }),
  );
  const missing = expect.objectContaining({ code: "INPUT_MISSING", hint: "Add:\n    url  where" });
  expect(() => checkInput(typed, {})).toThrowError(missing);
});

test("what is no reference to a secret is refused without being repeated", () => {
  const given = { url: "https://a.example", key: "hunter2hunter2" };
  const told = (work: () => unknown): string => {
    try {
      return String(work());
    } catch (error) {
      return String(error);
    }
  };
  for (const text of [
    told(() => checkInput(typed, given)),
    told(() =>
      parseInputs(
        typed,
        Object.entries(given).map(([name, value]) => `${name}=${value}`),
      ),
    ),
  ]) {
    expect(text).toContain("Input `key`");
    expect(text).not.toContain("hunter2");
  }
  expect(secretsOf(typed, { ...given, key: "env:KEY" })).toEqual(["env:KEY"]);
});
