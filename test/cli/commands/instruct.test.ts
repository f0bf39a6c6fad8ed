import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { instruct } from "../../../src/cli/commands/instruct.ts";
import { listRunbooks } from "../../../src/loader/load.ts";
import { catchIo } from "../../support/read-io.ts";

async function textOf(runbook: string, input: readonly string[] = []): Promise<string> {
  const { io, globals, out } = catchIo(mkdtempSync(path.join(tmpdir(), "runwright-instruct-")));
  expect(await instruct({ runbook, input, output: undefined }, globals, io)).toBe(0);
  return out();
}

test("known inputs are filled in, and what is known only during the run says where it comes from", async () => {
  const text = await textOf("rollback-release", ["cluster=main", "service=api", "region=eu-central-1"]);
  expect(text).toContain("aws ecs describe-services --cluster main --services api --region eu-central-1");
  expect(text).toContain("--task-definition '‹lastGood›'");
  expect(text).toContain("--task-definition '‹good.arn›' --force-new-deployment --region eu-central-1");
  expect(text).toContain("**This changes something (risk high).**");
  expect(text).toMatch(/\*\*Stop\.\*\* Ask for approval \(risk high\): Roll api back\?/);
  expect(text).toContain("yours to fill in: `‹dir›`, ");
});

test("a secret is a variable of the shell, never a value", async () => {
  const text = await textOf("rollback-release", ["apiKey=env:API_KEY", "checkUrl=https://example.org/h"]);
  expect(text).toContain('-H "x-api-key: $API_KEY" https://example.org/h');
});

test("the plan that is made by hand is the one that is applied, and a child runbook is written out once", async () => {
  const text = await textOf("missing-secret", ["dir=/infra", "workspace=blue"]);
  expect(text).toContain("TF_WORKSPACE=blue terraform -chdir=/infra plan -input=false -out=runwright.tfplan");
  expect(text).toContain("TF_WORKSPACE=blue terraform -chdir=/infra apply -input=false runwright.tfplan");
  expect(text.match(/\(`ingress`\)$/gm)).toHaveLength(1);
  expect(text).toContain("Go to failed if !secrets.includes(input.secretName)");
});

test("every state of every runbook that comes with runwright can be done by hand", async () => {
  for (const { name } of await listRunbooks({ cwd: tmpdir(), env: {} })) {
    const text = await textOf(name);
    expect(text).not.toMatch(/undefined|\[object|is not known yet|NaN/);
    expect(text.match(/^## \d/gm)?.length).toBeGreaterThan(2);
  }
});

test("what a person does by hand anyway stands there line by line", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-instruct-"));
  const file = path.join(dir, "call.ts");
  writeFileSync(
    file,
    `import { runbook } from "runwright";
import { z } from "zod";
const { manual, wait, define } = runbook("call", { title: "Call", input: z.strictObject({ name: z.string() }) });
export default define({
  call: manual(({ input }) => ({ title: "Call the provider", lines: ["Ask for " + input.name, "Write its id down"] })),
  pause: wait(() => "1s"),
});
`,
  );
  const text = await textOf(file, ["name=Ana"]);
  expect(text).toContain(
    "**Stop.** Have it done by hand and confirmed: Call the provider.\n\n- Ask for Ana\n- Write its id down\n",
  );
  expect(text).toContain("Wait 1 second.");
});

test("with -o the text goes into a file", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-instruct-"));
  const { io, globals, out } = catchIo(dir);
  await instruct({ runbook: "redis-sg", input: [], output: "by-hand.md" }, globals, io);
  expect(out()).toBe("wrote by-hand.md\n");
  expect(readFileSync(path.join(dir, "by-hand.md"), "utf8")).toContain(
    "# Admit the API to Redis (redis-sg), by hand",
  );
});
