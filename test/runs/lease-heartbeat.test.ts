import { EventEmitter, once } from "node:events";
import { expect, test } from "vitest";
import { renewing } from "../../src/runs/drive.ts";

const stop = new AbortController().signal;

test("a right is renewed while the work uses it, and not any more afterwards", async () => {
  const renewed = new EventEmitter();
  let count = 0;
  let seen = 0;
  const renew = (): void => {
    count += 1;
    renewed.emit(String(count));
  };
  const work = async (): Promise<string> => {
    await once(renewed, "3");
    seen = count;
    return "done";
  };
  expect(await renewing({ renew, every: 1, stop }, work)).toBe("done");
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(count).toBe(seen);
});

test.each([
  ["ends well", () => "done"],
  ["fails of it", () => Promise.reject(new Error("something that follows from it"))],
])(
  "a right that cannot be renewed stops the work, and is the error even when the work %s",
  async (_how, end) => {
    const renew = (): never => {
      throw new Error("the disk is full");
    };
    const work = async (stopped: AbortSignal): Promise<string> => {
      await once(stopped, "abort");
      return end();
    };
    await expect(renewing({ renew, every: 1, stop }, work)).rejects.toThrow("the disk is full");
  },
);

test("the operator's stop reaches the work", async () => {
  const stopped = await renewing(
    { renew: () => {}, every: 1_000, stop: AbortSignal.abort() },
    async (signal) => signal.aborted,
  );
  expect(stopped).toBe(true);
});
