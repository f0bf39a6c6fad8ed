import { expect, test } from "vitest";
import { preflight } from "../../src/runs/preflight.ts";
import { asks, placeWith, smallRun } from "./small-run.ts";

test("a runbook that acts on nothing needs neither credentials nor terraform", async () => {
  const place = placeWith(asks, { AWS_ENDPOINT_URL: undefined, PATH: "" });
  const { loaded } = await smallRun(place);
  expect(await preflight(loaded, {}, place)).toMatchObject({
    target: null,
    identity: null,
    tools: { node: process.version, terraform: null },
  });
});
