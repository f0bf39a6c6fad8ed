import { expect, test } from "vitest";
import { doubts } from "../../src/report/doubts.ts";
import { jdoe, scribe, started } from "../support/made-events.ts";
import { made } from "./made-report.ts";

async function told(tell: (scribed: ReturnType<typeof scribe>) => void): Promise<string> {
  const scribed = scribe();
  tell(scribed);
  return (await doubts(made(scribed))).join("\n");
}

test("a run whose every end was seen has none", async () => {
  expect(await told(() => {})).toContain("None: the end of every attempt was seen.");
});

test("an attempt in doubt says by whom it was settled, or that it was not", async () => {
  const doubt = { step: "act", attempt: 1, why: "the engine died" };
  const open = await told(({ add }) => {
    add("step.started", { ...started("act", "test.act", {}), effect: "write" });
    add("step.inDoubt", doubt);
  });
  expect(open).toMatch(/\| `act` \| 1 \| [\d: -]+ \(`#3`\) \| the engine died \| \*\*NOT SETTLED\*\* \|/);
  const settled = await told(({ add }) => {
    add("step.started", { ...started("act", "test.act", {}), effect: "write" });
    add("step.inDoubt", doubt);
    add("step.reconciled", { step: "act", attempt: 1, verdict: "done", by: "probe", why: "it is there" });
    add("step.succeeded", { step: "act", attempt: 1, output: {} });
  });
  expect(settled).toContain("**done**, by the probe: it is there (`#4`) | succeeded |");
});

test("a rollback of the record is told with who accepted it and since when something is missing", async () => {
  const text = await told(({ add }) => {
    const at = (seq: number) => ({ log: "l", seq, hash: "0".repeat(64) });
    const since = "2025-10-07T13:00:00.000Z";
    add("rollback.accepted", { was: at(9), is: at(4), reason: "disk lost", since, unfinished: [] }, 1, jdoe);
  });
  expect(text).toContain(
    "jdoe accepted that event 9 had been noted, and the log continues after event 4, because: disk lost",
  );
  expect(text).toContain("between 2025-10-07 13:00:00 and then is **not in this record**");
});
