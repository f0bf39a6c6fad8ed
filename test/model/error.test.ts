import { expect, test } from "vitest";
import { RunbookError, toFailure } from "../../src/model/error.ts";

test("an error with a code keeps it, and any other is unexpected, with its class", () => {
  const named = new RunbookError("NOT_JSON", "what it was", { hint: "do this", data: { at: 1 } });
  expect(toFailure(named)).toEqual({
    code: "NOT_JSON",
    message: "what it was",
    hint: "do this",
    data: { at: 1 },
  });
  expect(toFailure(new TypeError("x is no function"))).toMatchObject({
    code: "UNEXPECTED",
    message: "TypeError: x is no function",
    data: {},
  });
  expect(toFailure("thrown as a text")).toMatchObject({ code: "UNEXPECTED", message: "thrown as a text" });
});
