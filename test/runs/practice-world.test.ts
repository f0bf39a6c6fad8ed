import { expect, test } from "vitest";
import { practiceWorld } from "../../src/runs/practice-world.ts";
import { serve } from "../steps/local-server.ts";

test("only what says so on loopback is a practice world", async () => {
  const world = await serve((request, response) =>
    response.end(request.url === "/_world" ? `{"world":"runwright-practice"}` : ""),
  );
  const other = await serve((_, response) => response.end("{}"));
  expect(await practiceWorld({ AWS_ENDPOINT_URL: world.url })).toBe(world.url);
  expect(await practiceWorld({ AWS_ENDPOINT_URL: other.url })).toBeNull();
  expect(await practiceWorld({ AWS_ENDPOINT_URL: "https://aws.example" })).toBeNull();
  expect(await practiceWorld({})).toBeNull();
  await world.close();
  await other.close();
});
