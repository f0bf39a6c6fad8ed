import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { printError } from "../../../src/cli/view/print-error.ts";
import { RunbookError } from "../../../src/model/error.ts";
import { Secret } from "../../../src/model/secret.ts";
import { createRedactor } from "../../../src/redact/redactor.ts";
import { catchIo } from "../../support/read-io.ts";

const canary = "canary-5e1f-zq";

/** What is printed about an error, and the exit code, where the canary is known as a secret. */
function told(error: unknown, given: { readonly json?: boolean; readonly debug?: boolean } = {}) {
  const redactor = createRedactor();
  redactor.add(new Secret("KEY", canary));
  const { io, out } = catchIo(mkdtempSync(path.join(tmpdir(), "runwright-errors-")));
  const code = printError(error, { json: false, debug: false, ...given }, { ...io, redactor });
  return { code, out: out() };
}

const cause = new Error(`GET https://x:${canary}@host`);
const known = new RunbookError("AWS_UNREACHABLE", `No answer from ${canary}.`, {
  cause,
  data: { url: `https://${encodeURIComponent(canary)}` },
});

test.each([
  ["an error that nobody expected", new TypeError(`Bad URL ${canary}`, { cause }), {}],
  ["it for programs", new TypeError(`Bad URL ${canary}`), { json: true }],
  ["something that is no error", `thrown ${canary}`, {}],
  ["a known error with --debug", known, { debug: true }],
  ["a known error for programs", known, { json: true }],
])("the text of %s holds no secret", (_what, error, given) => {
  const { out } = told(error, given);
  expect(out).toContain("[secret KEY]");
  expect(out).not.toContain(canary);
});

test("--debug tells where a known error came from and what caused it", () => {
  const { out, code } = told(known, { debug: true });
  expect(code).toBe(known.exitCode);
  expect(out).toMatch(/\n {4}at .*print-error\.test\.ts/);
  expect(out).toMatch(/\nCaused by: Error: GET https:/);
});
