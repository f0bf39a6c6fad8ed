import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Deadlines } from "../../src/host/deadlines.ts";
import { bundled, runProgram } from "../support/programs.ts";

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

test("a process stays for a deadline, and not for one that was lifted", async () => {
  const program = bundled(
    "deadlines",
    `import { Deadlines } from "./host/deadlines.ts";
     const deadlines = new Deadlines();
     deadlines.lift(deadlines.set(50, () => console.log("lifted")));
     const [, , wait] = process.argv;
     if (wait !== undefined) deadlines.set(Number(wait), () => console.log("late"));
     deadlines.lift(deadlines.set(3_600_000, () => {}));`,
  );
  expect(await runProgram(program, ["100"])).toMatchObject({ code: 0, stdout: "late\n" });
  expect(await runProgram(program, [])).toMatchObject({ code: 0, stdout: "" });
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
