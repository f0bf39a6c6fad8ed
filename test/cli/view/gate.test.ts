import { expect, test } from "vitest";
import { renderGate, rowsForGate } from "../../../src/cli/view/gate.ts";
import { commandsOf, inDatabase, pauseLines } from "../../../src/cli/view/pause.ts";
import { columnsOf } from "../../../src/model/display-width.ts";
import { canonical } from "../../../src/model/json.ts";
import { gate, rolloutFailed, Story } from "./story.ts";

const { summary } = new Story();
const now = new Date("2025-10-07T14:01:19.000Z");

test("a gate says what, why, how dangerous, where, and until when", () => {
  const { digest } = gate();
  expect(renderGate(gate(), summary, 79, { now })).toEqual([
    ".. 6/11 approve approval needed                                       risk HIGH",
    "",
    "  Apply this plan?",
    "  The live revision 150 has no HUGGINGFACE_API_KEY, the configuration has it",
    "  since commit 4d1e9b2.",
    "",
    "  replace aws_ecs_task_definition.api (tainted)",
    "    secrets: + HUGGINGFACE_API_KEY, 6 unchanged",
    "  create  aws_ssm_parameter.flag",
    "  Undo: point the service at revision 150 again (it is kept)",
    "",
    "  risk      HIGH: it may interrupt a service or be hard to undo",
    "  target    932100000000 / us-east-1 / default  (practice world)  as",
    "            role/oncall",
    "  bound to  plan 9c1f0a7e0000, serial 41, runbook 5c0e5c0e5c0e, inputs",
    "            1a2b1a2b1a2b",
    `  gate      R-7F3K approve  sha ${digest.slice(0, 8)}  expires 14:31:00 UTC (in 29m41s),`,
    "            once approved usable for 15m",
  ]);
});

test("a gate that was read from its record looks as it did when it was made", () => {
  const made = gate({ shown: { summary: "", risk: "high", subject: { serial: 41, plan: "9c1f" } } });
  const read = JSON.parse(canonical(made)) as typeof made;
  expect(renderGate(read, summary, 79, { now })).toEqual(renderGate(made, summary, 79, { now }));
});

test("with its question below, a gate fits a screen of 24 rows whatever it shows", () => {
  const lines = Array.from({ length: 60 }, (_, line) => `change ${line} ${"x".repeat(line)}`);
  const big = gate({ shown: { summary: "because of this\n".repeat(9), lines, risk: "high" } });
  const block = renderGate(big, summary, 79, { now, rows: rowsForGate(big) });
  // The question, three choices, an empty row, the keys, and the row of the cursor.
  expect(block.length + 7).toBeLessThanOrEqual(24);
  expect(block.find((line) => line.includes("more lines"))).toContain("Show details");
  for (const line of block) expect(columnsOf(line)).toBeLessThanOrEqual(79);
  expect(renderGate(big, summary, 79, { now }).join("\n")).toContain("change 59");
});

test("a fork lists its options, which is suggested, and why one is not possible", () => {
  const text = renderGate(rolloutFailed, summary, 79).join("\n");
  expect(text).toContain("8/11 rollout decision needed");
  expect(text).toContain("  redis     Run child runbook redis-sg  (suggested)");
  expect(text).toContain("  skip      Skip rollout  (not possible: a later step needs it)");
  expect(text).not.toContain("risk");
});

test("in a log a fact is one line", () => {
  const lines = renderGate(gate(), summary, Infinity, { now });
  expect(lines).toContain("  target: 932100000000 / us-east-1 / default  (practice world)  as role/oncall");
});

test("a paused run says exactly what to type", () => {
  const story = new Story();
  story.add("gate.opened", gate());
  const sha = gate().digest.slice(0, 8);
  expect(pauseLines(story.summary)).toEqual([
    "runwright: R-7F3K paused at 6/11 approve (needs a human decision)",
    `  approve:  runwright approve R-7F3K approve --sha ${sha} --reason "..."`,
    `  reject:   runwright reject R-7F3K approve --sha ${sha} --reason "..."`,
    "  watch:    runwright status R-7F3K",
    "  resume:   runwright resume R-7F3K",
  ]);
});

test("a fork has a command for each option that is possible, with a reason where one is needed", () => {
  const sha = rolloutFailed.digest.slice(0, 8);
  expect(commandsOf("R-7F3K", rolloutFailed).map(([, command]) => command)).toEqual([
    `runwright decide R-7F3K rollout.decide cancel --sha ${sha} --reason "..."`,
    `runwright decide R-7F3K rollout.decide retry --sha ${sha}`,
    `runwright decide R-7F3K rollout.decide redis --sha ${sha}`,
  ]);
});

test("a name that a shell would read otherwise is quoted", () => {
  const [approve] = commandsOf("R-7F3K", gate({ gate: "approve#2 $(x)'" }));
  expect(approve?.[1]).toContain(`R-7F3K 'approve#2 $(x)'\\''' --sha`);
});

test("values are asked for by name", () => {
  const form = gate({ kind: "input", shown: { fields: [{ name: "owner", label: "Owner" }] } });
  expect(commandsOf("R-7F3K", form)[0]?.[1]).toMatch(
    /^runwright decide R-7F3K approve --sha \w{8} --value owner=\.\.\.$/,
  );
  expect(renderGate(form, summary, 79).join("\n")).toContain("owner     Owner");
});

test("a run that only waits for time says until when, one that waits for nothing says nothing", () => {
  const story = new Story();
  expect(pauseLines(story.summary)).toEqual([]);
  story.add("timer.armed", {
    timer: "xstate.after.watch.missing-secret.watch",
    due: "2025-10-08T14:31:00.000Z",
  });
  expect(pauseLines(story.summary)[0]).toBe(
    "runwright: R-7F3K waits at 11/11 watch until 2025-10-08 14:31:00 UTC",
  );
});

test("commands to be typed name a database that only a flag named", () => {
  const env = { RUNWRIGHT_DB: "team.db" };
  const own = inDatabase({ db: "own runs.db" }, { env });
  expect(own("  resume:   runwright resume R-7F3K")).toBe(
    "  resume:   runwright resume --db 'own runs.db' R-7F3K",
  );
  expect(own("runwright: R-7F3K paused at 4/9 plan")).toBe("runwright: R-7F3K paused at 4/9 plan");
  expect(inDatabase({ db: "team.db" }, { env })("runwright resume R-7F3K")).toBe("runwright resume R-7F3K");
  expect(inDatabase({ db: "state.db" }, { env: {} })("runwright resume R-7F3K")).toBe(
    "runwright resume R-7F3K",
  );
});
