import { expect, test } from "vitest";
import { resources } from "../../src/report/resources.ts";
import { gate, jdoe, scribe } from "../support/made-events.ts";
import { did, made } from "./made-report.ts";

const digest = "4f1c".repeat(16);
const row = { address: "aws_instance.a", action: "update" };

function plan(told: ReturnType<typeof scribe>): void {
  const drift = [{ address: "aws_eip.d", action: "delete" }];
  did(told, "plan", {
    kind: "terraform.plan",
    output: { sha256: digest, resources: [row, { ...row, address: "b" }], drift },
  });
}

function apply(told: ReturnType<typeof scribe>, more: object = {}): void {
  const input = { sha256: digest, tolerate: ["aws_instance.a"] };
  const output = { resources: [{ ...row, outcome: "applied", ...more }] };
  did(told, "apply", { kind: "terraform.apply", effect: "write", input, output });
}

function approve({ add }: ReturnType<typeof scribe>): void {
  add("gate.opened", { ...gate("ask"), shown: { subject: { plan: digest } } });
  add("approval.granted", { gate: "ask", digest: gate("ask").digest, reason: "", useBy: null }, 1, jdoe);
}

async function told(...acts: readonly ((scribed: ReturnType<typeof scribe>) => void)[]): Promise<string> {
  const scribed = scribe();
  for (const act of acts) act(scribed);
  return (await resources(made(scribed))).join("\n");
}

test("a plan that was applied names who was shown it before; a later approval is none of it", async () => {
  expect(await told(plan, approve, apply)).toContain("Approved by jdoe, who was shown this plan (`#5`).");
  const none = "**No approval in this record names this plan.**";
  expect(await told(plan, apply)).toContain(none);
  expect(await told(plan, apply, approve)).toContain(none);
});

test("a planned resource of which the apply said nothing is told as untouched", async () => {
  const text = await told(plan, apply);
  expect(text).toContain("| `aws_instance.a` | update | **applied** |");
  expect(text).toContain("| `b` | update | **untouched** |");
  expect(text).toContain("Changed outside terraform before this plan: `aws_eip.d` (delete).");
});

test("a tolerated failure names the rule that tolerates it, and one that is not tolerated says no", async () => {
  const failing = (more: object) =>
    told(plan, (scribed) => apply(scribed, { outcome: "failed", error: "no", ...more }));
  expect(await failing({ tolerated: true })).toContain(
    "**failed** | yes, input `tolerate` names `aws_instance.a` | no |",
  );
  expect(await failing({ tolerated: false })).toContain("**failed** | no | no |");
});

test("a plan that was only looked at is told as never applied, and a run without any says so", async () => {
  expect(await told(plan)).toContain(`### Plan \`${digest}\`, never applied`);
  expect(await told()).toContain("The run made no terraform plan.");
});
