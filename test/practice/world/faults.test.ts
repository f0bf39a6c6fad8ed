import { expect, test } from "vitest";
import { createFaults } from "../../../src/practice/world/faults.ts";

test("a fault hits its operation as often as it was told to", () => {
  const faults = createFaults();
  faults.add({ operation: "ecs:UpdateService", kind: "error", times: 2 });
  expect(faults.take("ecs:DescribeServices")).toBeUndefined();
  expect(faults.take("ecs:UpdateService")).toMatchObject({ kind: "error", times: 2 });
  expect(faults.list()).toMatchObject([{ id: 1, times: 1 }]);
  expect(faults.take("ecs:UpdateService")).toBeDefined();
  expect(faults.take("ecs:UpdateService")).toBeUndefined();
});

test("a star covers every operation that begins so, and the oldest fault goes first", () => {
  const faults = createFaults();
  faults.add({ operation: "ecs:*", kind: "throttle" });
  faults.add({ operation: "*", kind: "hang" });
  expect(faults.take("ecs:ListTasks")?.kind).toBe("throttle");
  expect(faults.take("ecs:ListTasks")?.kind).toBe("hang");
  faults.add({ operation: "*", kind: "hang" });
  faults.clear();
  expect(faults.take("ecs:ListTasks")).toBeUndefined();
});

test("what is not a fault is refused with the reason", () => {
  const { add } = createFaults();
  expect(() => add({ operation: "ecs:*", kind: "explode" })).toThrow("kind");
  expect(() => add({ operation: "ecs:*", kind: "error", often: 2 })).toThrow("often");
});
