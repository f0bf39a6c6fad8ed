import { expect, test } from "vitest";
import { z } from "zod";
import { issueText } from "../../src/model/issue-text.ts";

test("what a schema found wrong is told with its place, and the value itself is called it", () => {
  const schema = z.strictObject({ host: z.object({ port: z.number("has to be a number") }) });
  const refused = schema.safeParse({ host: { port: "80" }, more: 1 });
  expect(refused.error && issueText(refused.error)).toBe(
    'host.port: has to be a number; it: Unrecognized key: "more"',
  );
});
