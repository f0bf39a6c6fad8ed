import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { help } from "../../../src/cli/commands/help.ts";
import { createProgram } from "../../../src/cli/program/program.ts";
import { catalogue } from "../../../src/model/catalogue.ts";
import { catchIo } from "../../support/read-io.ts";

async function told(topic: string, json = false): Promise<string> {
  const { io, globals, out } = catchIo(tmpdir(), { json });
  expect(await help({ topic }, globals, io)).toBe(0);
  return out();
}

test("every exit code that an error can lead to is explained", async () => {
  const { exitCodes } = JSON.parse(await told("exit-codes", true)) as { exitCodes: { code: number }[] };
  const known = new Set(exitCodes.map(({ code }) => code));
  expect(Object.values(catalogue).filter(({ exit }) => !known.has(exit))).toEqual([]);
});

test("every error is listed, and each is explained by its code as people type it", async () => {
  const text = await told("errors");
  for (const code of Object.keys(catalogue)) expect(text).toContain(code);
  expect(await told("run-unknown")).toContain(catalogue.RUN_UNKNOWN.hint);
});

test("an unknown topic says which there are", async () => {
  await expect(told("nonsense")).rejects.toMatchObject({ code: "USAGE" });
});

test("the list of commands fits a terminal of 80 columns, by what people want to do", async () => {
  const { io, out } = catchIo(tmpdir());
  await createProgram({ io, finish: () => {} })
    .parse(["--help"])
    .catch(() => {});
  expect(out()).toMatch(/\nRun:\n {2}run /);
  expect(
    out()
      .split("\n")
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

test("a flag that may be repeated does not tell of its empty default", async () => {
  const { io, out } = catchIo(process.cwd());
  await createProgram({ io, finish: () => {} })
    .parse(["node", "runwright", "run", "--help"])
    .catch(() => {});
  expect(out()).toContain("--input <name=value>");
  expect(out()).not.toContain("[]");
});

test.each([
  ["run", "x", "--jsonl", "--json"],
  ["logs", "x", "--follow", "--json"],
  ["resume", "--quiet", "--verbose"],
  ["practice", "--auto", "--auto-approve=low"],
])("%s %s with flags that exclude each other is refused", async (...words) => {
  const { io } = catchIo(tmpdir());
  const { parse } = createProgram({ io, finish: () => {} });
  await expect(parse(["node", "runwright", ...words])).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("cannot be used with"),
  });
});
