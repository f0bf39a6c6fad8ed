import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { check, type CheckResult } from "../../src/check/check.ts";
import { blocksOf, page } from "../docs/pages.ts";

/** What is found in a file with this text. */
async function checked(text: string): Promise<CheckResult> {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-check-"));
  writeFileSync(path.join(dir, "one.ts"), text);
  return check(["one.ts"], { cwd: dir });
}

const begin = `import { runbook } from "runwright";
import { httpProbe, updateService } from "runwright/steps";
import { z } from "zod";
const { step, gate, choice, wait, define } = runbook("one", { title: "One", input: z.strictObject({ again: z.boolean() }) });
const up = () => ({ url: "https://example.org/", expect: { status: [200] } });
`;

test("the first runbook of the documentation has no findings", async () => {
  const [block] = blocksOf(page("docs/writing-runbooks.md")).filter(({ language }) => language === "ts");
  expect(await checked(block?.text ?? "")).toEqual({ findings: [], accepted: [] });
});

test("the plain machine of the documentation has none either, but has one when its first input is wrong", async () => {
  const blocks = blocksOf(page("docs/writing-runbooks.md"));
  const text =
    blocks.find((block) => block.language === "ts" && block.text.includes("fromMachine("))?.text ?? "";
  expect(await checked(text)).toEqual({ findings: [], accepted: [] });
  const { findings } = await checked(text.replace("({ url, expect", "({ url: Number(url), expect"));
  expect(findings.map(({ rule, state }) => [rule, state])).toEqual([["wrong-input", "look"]]);
});

test("a loop in which somebody is asked, or a timer waits, is no endless loop", async () => {
  const { findings } = await checked(`${begin}
export default define({
  look: step(httpProbe, up, { routes: [{ when: ({ ok }) => ok, to: "succeeded" }] }),
  rest: wait(() => "1m", { next: "look" }),
  ask: choice(() => ({ title: "?" }), { more: { label: "More", to: "look" } }),
});`);
  expect(findings.map(({ rule, state }) => [rule, state])).toEqual([["unreachable", "ask"]]);
});

test("a function may read with find what is missing on some path, and what one of two branches left", async () => {
  const { findings } = await checked(`${begin}
export default define({
  which: step(httpProbe, up, { routes: [{ when: ({ ok }) => ok, to: "two" }] }),
  one: step(httpProbe, up, { next: "ask" }),
  two: step(httpProbe, up),
  ask: gate(({ find, get, failure }) => ({
    title: failure("one")?.message ?? "Go on?",
    summary: String((find(httpProbe, "one") ?? get(httpProbe, "two")).status) + get(httpProbe).ok,
    risk: "low",
  })),
});`);
  expect(findings).toEqual([]);
});

test("a condition on the input decides which output is read, and both are tried", async () => {
  const { findings } = await checked(`${begin}
export default define({
  look: step(httpProbe, up),
  ask: gate(({ input, get }) => ({ title: "?", summary: input.again ? "" : String(get(httpProbe, "last").ok), risk: "low" })),
  last: step(httpProbe, up),
});`);
  expect(findings.map(({ rule, why }) => [rule, why])).toEqual([
    [
      "output-missing",
      "The output of `last` is read for the input of `ask`, but it has not run on the path `look` -> `ask`.",
    ],
  ]);
});

test("a text that does not parse is told with its line", async () => {
  const { findings } = await checked("export const one = 1;\nexport const = 2;\n");
  expect(findings).toMatchObject([
    { rule: "loads", line: 2, why: expect.stringContaining("Expected identifier") },
  ]);
});

// Put together here, so that no file holds anything that looks like a key.
test.each([
  ["AWS access key", ["AK", "IA", "ABCDEFGHIJKLMNOP"]],
  ["private key", ["-----BEGIN RSA PRI", "VATE KEY-----"]],
  ["GitHub token", ["gh", "p_", "a".repeat(36)]],
  ["GitLab token", ["gl", "pat-", "a".repeat(20)]],
  ["Slack token", ["xo", "xb-", "1".repeat(12)]],
  ["Hugging Face token", ["h", "f_", "a".repeat(34)]],
  ["signed token", ["ey", "J", "a".repeat(20), ".ey", "J", "b".repeat(20), ".c"]],
])("a %s in a text is found in its line, whatever it is called", async (what, parts) => {
  const { findings } = await checked(`${begin}
export const notes = \`see ${parts.join("")}\`;
export default define({ look: step(httpProbe, up) });`);
  expect(findings).toMatchObject([{ rule: "secret-in-file", line: 7, why: expect.stringContaining(what) }]);
});

test("the name of a secret, a reference to one, and words about one are no secrets", async () => {
  const { findings } = await checked(`${begin}
export const notes = { secretName: "HF_TOKEN_NAME", secret: "env:API_TOKEN", password: "", token: "what the service wants" };
// password: "not a literal at all"
export default define({ look: step(httpProbe, up) });`);
  expect(findings).toEqual([]);
});

test("a runbook of 200 steps is checked within two seconds of processor time", async () => {
  const steps = Array.from({ length: 200 }, (_, index) => {
    const reads = index === 0 ? "" : `#\${get(httpProbe, "s${index - 1}").status}`;
    const options =
      index % 3 === 0 ? `, { routes: [{ when: ({ ok }) => !ok, to: "s${Math.min(index + 1, 199)}" }] }` : "";
    const kind = index % 10 === 5 ? "wait" : "step";
    return kind === "wait"
      ? `  w${index}: wait(() => "1s"), s${index}: step(httpProbe, up),`
      : `  s${index}: step(httpProbe, ({ get }) => ({ url: \`https://example.org/${reads}\`, expect: { status: [200] } })${options}),`;
  });
  await checked(`${begin}export default define({ look: step(httpProbe, up) });`);
  const before = process.cpuUsage();
  const { findings } = await checked(`${begin}export default define({\n${steps.join("\n")}\n});`);
  const { user, system } = process.cpuUsage(before);
  expect(findings).toEqual([]);
  expect((user + system) / 1e6).toBeLessThan(2);
});

const more = begin.replace("wait, define", "wait, parallel, branch, define");

test("what every branch of a parallel state has left may be read after it, and what one may have skipped may not", async () => {
  const both = (options: string) => `${more}
export default define({
  both: parallel({ left: step(httpProbe, up), right: step(httpProbe, up${options}) }),
  ask: gate(({ get }) => ({
    title: "Go on?",
    summary: String(get(httpProbe, "left").status) + get(httpProbe, "right").ok,
    risk: "low",
  })),
});`;
  expect((await checked(both(""))).findings).toEqual([]);
  const { findings } = await checked(both(", { skip: true }"));
  expect(findings.map(({ rule, state }) => [rule, state])).toEqual([["output-missing", "ask"]]);
});

test("a clean-up is reached by a cancel, needs no gate, and cannot rely on what has not run yet", async () => {
  const cleaned = (read: string) => `${more}
const deploy = ({ get, find }) => ({ cluster: "c", service: "s", region: "eu-west-1", taskDefinition: ${read}, forceNewDeployment: true });
export default define({
  look: step(httpProbe, up, { onCancel: "undo" }),
  last: step(httpProbe, up, { next: "succeeded" }),
  undo: step(updateService, deploy, { next: "cancelled" }),
});`;
  expect((await checked(cleaned('find(httpProbe)?.error ?? "api:1"'))).findings).toEqual([]);
  const { findings } = await checked(cleaned("`${get(httpProbe).status}`"));
  expect(findings.map(({ rule, state }) => [rule, state])).toEqual([["output-missing", "undo"]]);
});
