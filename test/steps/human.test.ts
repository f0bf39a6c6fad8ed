import { expect, test } from "vitest";
import { humanConfirm } from "../../src/steps/human-confirm.ts";
import { humanDecide } from "../../src/steps/human-decide.ts";
import { humanInput } from "../../src/steps/human-input.ts";

test("a confirmation is bound to a subject and says what it is about", () => {
  const input = humanConfirm.input.parse({
    title: "Apply the plan",
    summary: "1 to replace",
    risk: "high",
    subject: { sha256: "ab".repeat(32), serial: 3 },
    verb: "apply",
    expires: "30m",
  });
  expect(humanConfirm.describe(input)).toBe("ask for approval (risk high): Apply the plan");
  expect(humanConfirm.input.safeParse({ ...input, expires: "soon" }).success).toBe(false);
});

test("a form has fields of four types with different names", () => {
  const fields = [
    { name: "owner", label: "Owner", type: "text" },
    { name: "hours", label: "Hours", type: "integer", default: 24 },
    { name: "urgent", label: "Urgent?", type: "boolean", required: false },
    { name: "where", label: "Where", type: "choice", choices: ["a", "b"] },
  ];
  const input = humanInput.input.parse({ title: "Follow-up", fields });
  expect(input.fields[0]?.required).toBe(true);
  expect(humanInput.describe(input)).toBe("ask for owner, hours, urgent, where: Follow-up");
  expect(humanInput.input.safeParse({ title: "x", fields: [fields[0], fields[0]] }).success).toBe(false);
  expect(humanInput.input.safeParse({ title: "x", fields: [{ ...fields[1], default: 0.5 }] }).success).toBe(
    false,
  );
});

test("a decision has options with different ids", () => {
  const option = { id: "redis", label: "Open Redis", danger: false, reasonNeeded: false, suggested: true };
  const options = [option, { ...option, id: "abort", danger: true, disabled: "not now" }];
  expect(humanDecide.describe(humanDecide.input.parse({ title: "Now what?", options }))).toBe(
    "ask to choose redis or abort: Now what?",
  );
  expect(humanDecide.input.safeParse({ title: "x", options: [option, option] }).success).toBe(false);
});
