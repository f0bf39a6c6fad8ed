import { expect, test } from "vitest";
import { approvals } from "../../src/report/approvals.ts";
import type { EventData } from "../../src/model/event.ts";
import { gate, jdoe, scribe, started } from "../support/made-events.ts";
import { made } from "./made-report.ts";

async function told(tell: (scribed: ReturnType<typeof scribe>) => void): Promise<string> {
  const scribed = scribe();
  tell(scribed);
  return (await approvals(made(scribed))).join("\n");
}

const write = (step: string, more: Partial<EventData["step.started"]>): EventData["step.started"] => {
  return { ...started(step, "test.act", {}), effect: "write", risk: "medium", binds: [], ...more };
};

test("a write that nobody approved is told with why, also where nobody was asked anything", async () => {
  const accepted = await told(({ add }) => add("step.started", write("mark", { accepted: "it only marks" })));
  expect(accepted).toContain(
    "**Begun without an approval**: `mark` (`#2`), as the runbook accepts: it only marks.",
  );
  const cleaned = await told(({ add }) => add("step.started", write("clean", {})));
  expect(cleaned).toContain("`clean` (`#2`), to clean up after a cancel.");
});

test("an approval is told with the writes that it allowed, and those for which it was used", async () => {
  const text = await told(({ add }) => {
    const { digest } = gate("ask");
    const covers = [
      { state: "apply", times: 2 },
      { state: "deploy", times: 1 },
    ];
    add("gate.opened", { ...gate("ask"), covers });
    add("approval.granted", { gate: "ask", digest, reason: "seen", useBy: null }, 1, jdoe);
    add("approval.used", { gate: "ask", digest });
    add("step.started", write("apply", { risk: "high", allowedBy: "ask" }));
  });
  expect(text).toMatch(/\*\*APPROVED\*\*.*, used .*, for `apply` \(`#5`\)/);
  expect(text).toContain("allows apply, up to 2 times");
  expect(text).toContain("allows deploy, once");
  expect(text).not.toContain("without an approval");
});
