import { expect, test } from "vitest";
import { excerptsOf } from "../../src/report/excerpts.ts";
import { scribe } from "../support/made-events.ts";
import { did, keep, made } from "./made-report.ts";

/** How a step's only evidence is quoted. */
async function quoted(content: string | Uint8Array, isKept = true): Promise<string> {
  const told = scribe();
  const [artifact, files] = keep("out.txt", content);
  did(told, "look", { artifacts: [artifact] });
  const report = made(told, isKept ? files : undefined);
  const [attempt] = report.root.attempts;
  return (await excerptsOf(report, attempt!)).join("\n");
}

test("text is quoted as it is, and JSON over several lines", async () => {
  expect(await quoted("one\ntwo\n")).toMatch(
    /^`out\.txt`, 8 bytes, SHA-256 `[0-9a-f]{64}` \(`#3`\):\n```text\none\ntwo\n```$/,
  );
  expect(await quoted('{"a":1}')).toContain('```json\n{\n "a": 1\n}\n```');
  expect(await quoted("[not JSON")).toContain("```text\n[not JSON\n```");
});

test("a long text is cut, and says how much of it is left out", async () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${String(index).padStart(2, "0")}`);
  const text = await quoted(lines.join("\n"));
  expect(text).toContain(", its beginning (480 more characters in the artifact):");
  expect(text).toContain("line 39\n[...]");
  expect(text).not.toContain("line 40");
  expect(await quoted(lines.slice(0, 50).join("\n"))).toContain("line 49\n```");
});

test("what is no text is not quoted, and what is not there is told as missing", async () => {
  expect(await quoted(new Uint8Array([0xff, 0xfe]))).toContain("not text, so it is not quoted here");
  expect(await quoted("gone", false)).toContain("**NOT AVAILABLE**: there is no such file");
  const told = scribe();
  did(told, "look");
  const report = made(told);
  expect(await excerptsOf(report, report.root.attempts[0]!)).toEqual(["The step left no evidence file."]);
});
