/** Commands that must be refused: with one clear error, its exit code, and nothing recorded. */
import { describe, expect, test } from "vitest";
import { type Around, runwright, type Said } from "./command-line.ts";
import type { Place } from "./place.ts";

/** What is wrong, the words, `EXIT CODE`, what the person must be told, and what else is different. */
export type Refusal = readonly [
  title: string,
  words: () => readonly string[],
  outcome: string,
  says: readonly (string | RegExp)[],
  around?: Around | (() => Around),
];

type Where = Pick<Place, "dir" | "env">;

/** Tests that each is refused: with all that a person reads, and once for each exit code as programs read it. */
export function describeRefusals(rows: readonly Refusal[], place: () => Where): void {
  describe.concurrent("one clear error", () => {
    test.for(rows)("for people: %s", async (row) => {
      expect.hasAssertions();
      await expectOneError(place(), row);
    });

    test.for(oneOfEach(rows))("for programs: %s", async (row) => {
      expect.hasAssertions();
      await expectOneDocument(place(), row);
    });
  });
}

/** What programs are told is printed by the same lines for every code. */
function oneOfEach(rows: readonly Refusal[]): readonly Refusal[] {
  return [...new Map(rows.map((row) => [row[2].split(" ")[0], row])).values()];
}

/** What a person reads: one error, what happened and what to do next, and nothing else. */
async function expectOneError(place: Where, row: Refusal): Promise<void> {
  const [exit, code] = row[2].split(" ");
  const said = await say(place, row);
  expect({ code: said.code, out: said.out }).toEqual({ code: Number(exit), out: "" });
  expect(said.err).toMatch(/^Error: [^]+?[.?)]\s+\[[A-Z_]+\]\n\n {2}\S[^]*\n$/);
  expect(said.err).toContain(`[${code}]`);
  expect(said.err.match(/\bError: /g)).toHaveLength(1);
  expect(said.err).not.toMatch(/\n\s+at /);
  for (const part of row[3]) expect(said.err).toMatch(typeof part === "string" ? literally(part) : part);
}

/** What a program reads: one document on stdout, and nothing on stderr. */
async function expectOneDocument(place: Where, row: Refusal): Promise<void> {
  const [exit, code] = row[2].split(" ");
  const said = await say(place, row, "--json");
  expect({ code: said.code, err: said.err }).toEqual({ code: Number(exit), err: "" });
  expect(said.out.split("\n")).toHaveLength(2);
  expect(JSON.parse(said.out)).toMatchObject({
    error: { code, title: expect.stringMatching(/\S/), next: [expect.stringMatching(/\S/)] },
  });
}

function say(place: Where, [, words, , , around]: Refusal, ...more: readonly string[]): Promise<Said> {
  return runwright(place, [...words(), ...more], typeof around === "function" ? around() : around);
}

function literally(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
}
