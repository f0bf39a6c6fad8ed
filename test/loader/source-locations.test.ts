import path from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "../../src/loader/evaluate.ts";
import { loadRunbook } from "../../src/loader/load.ts";
import { errorLocation } from "../../src/runbook/source-locations.ts";
import { directory, small } from "../support/runbook-files.ts";

const at = (cwd: string) => ({ cwd, env: process.env });

/** An error, with the line where the author wrote it marked by `<-`. */
const oops = `
interface Longer {
  readonly than: "nothing"; // so that lines of the text and of the file differ
}

export function fail(): string {
  throw new Error("oops"); // <-
}
`;
const lineOf = (text: string): number => text.split("\n").findIndex((line) => line.includes("<-")) + 1;

test("an error while loading names the author's file and line, in its message and in its stack", async () => {
  const text = small("fail()", oops);
  const dir = directory({ "small.ts": text });
  const error = await loadRunbook("./small.ts", at(dir)).catch((caught: unknown) => caught);
  const place = `small.ts:${lineOf(text)}:9`;
  expect(error).toMatchObject({
    code: "RUNBOOK_BROKEN",
    message: expect.stringContaining(`oops (${place})`),
  });
  expect((error as Error & { cause: Error }).cause.stack).toContain(path.join(dir, place));
});

test("an error in an imported file names that one, as seen from the runbook", async () => {
  const dir = directory({
    "books/small.ts": small("fail()", `import { fail } from "../shared/oops.ts";`),
    "shared/oops.ts": oops,
  });
  await expect(loadRunbook("./books/small.ts", at(dir))).rejects.toThrow(
    `oops (../shared/oops.ts:${lineOf(oops)}:9)`,
  );
});

test("what a function throws later is found as well, also in a text whose file is gone", async () => {
  const text = small(`"Small"`, oops).replace(`() => "1ms"`, "fail");
  const { runbook, ...loaded } = await loadRunbook("./small.ts", at(directory({ "small.ts": text })));
  const pinned = await evaluate(loaded.text, "small.ts", { map: loaded.map });
  const bare = await evaluate(loaded.text, "small.ts");
  const thrownBy = ({ machine }: typeof runbook): unknown => {
    const [delay] = Object.values(machine.implementations.delays) as unknown as ((
      scene: object,
    ) => unknown)[];
    try {
      return delay?.({
        context: { input: {}, outputs: {}, latest: {}, failures: {}, skipped: {}, tries: {} },
      });
    } catch (error) {
      return error;
    }
  };
  const place = `small.ts:${lineOf(text)}:9`;
  expect(errorLocation(runbook, thrownBy(runbook))).toBe(place);
  expect(errorLocation(pinned, thrownBy(pinned))).toBe(place);
  expect(errorLocation(bare, thrownBy(bare))).toBeNull();
  expect(errorLocation(runbook, new Error("of somebody else"))).toBeNull();
});
