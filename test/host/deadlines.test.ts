import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Deadlines } from "../../src/host/deadlines.ts";
import { bundled, runProgram } from "../support/programs.ts";
import { temporary } from "../support/terraform.ts";

test("whoever is late is told once, in the order of the deadlines, and nobody who has ended", async () => {
  const deadlines = new Deadlines();
  const from = performance.now();
  const told: string[] = [];
  const tell = (name: string, milliseconds: number) =>
    deadlines.set(milliseconds, () => {
      expect(performance.now() - from).toBeGreaterThanOrEqual(milliseconds);
      told.push(name);
    });
  const far = tell("far", 3_600_000);
  tell("last", 60);
  const ended = tell("ended", 30);
  tell("first", 20);
  tell("second", 40);
  deadlines.lift(ended);
  await sleep(150);
  deadlines.lift(far);
  expect(told).toEqual(["first", "second", "last"]);
});

test("one that is told may set another", async () => {
  const deadlines = new Deadlines();
  const late = await new Promise((resolve) => {
    deadlines.set(10, () => deadlines.set(10, () => resolve("late")));
  });
  expect(late).toBe("late");
});

test("a deadline does not keep the process, but a step that waits for nothing on earth is ended by its own", async () => {
  const program = bundled(
    "deadlines",
    `import { z } from "zod";
     import { Deadlines } from "./host/deadlines.ts";
     import { defineStep } from "./model/step.ts";
     import { runbook } from "./runbook/define.ts";
     import { bench } from "../test/support/world-free.ts";
     new Deadlines().set(3_600_000, () => {});
     const nothing = z.strictObject({});
     const forever = defineStep({
       kind: "test.forever", effect: "read", risk: "none", timeout: "200ms", input: nothing, output: nothing,
       describe: () => "wait for ever", run: () => new Promise(() => {}),
     });
     const { step, define } = runbook("waits", { title: "Waits", input: nothing });
     const states = { wait: step(forever, () => ({}), { onFailure: "failed" }) };
     const { start, drive } = bench(define(states), process.argv[2]);
     console.log((await drive(start({}))).status);`,
  );
  const dir = temporary("deadlines");
  expect(await runProgram(program, [dir])).toEqual({ code: 0, stdout: "failed\n", stderr: "" });
});

test("one that is further off than a timer can be set waits without being looked at all the time", async () => {
  const program = bundled(
    "deadlines-far",
    `import { Deadlines } from "./host/deadlines.ts";
     const deadlines = new Deadlines();
     const far = deadlines.set(60 * 86_400_000, () => console.log("late"));
     setTimeout(() => deadlines.lift(far), 50);`,
  );
  // Node warns of a time that is too long, and takes one millisecond instead.
  expect(await runProgram(program, [])).toEqual({ code: 0, stdout: "", stderr: "" });
});
