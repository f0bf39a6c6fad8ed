import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningWorld } from "../../src/practice/world/server.ts";
import { logsSearch } from "../../src/steps/logs-search.ts";
import { stepContext } from "../support/step-context.ts";
import { incident, incidentWorld } from "./incident-world.ts";

let world: RunningWorld;
beforeEach(async () => {
  world = await incidentWorld();
});
afterEach(() => world.close());

async function search(more: Record<string, unknown>) {
  const ctx = await stepContext();
  const input = logsSearch.input.parse({
    logGroup: incident.logGroup,
    pattern: incident.patterns.missingToken,
    ...more,
  });
  const output = logsSearch.output.parse(await logsSearch.run(input, ctx));
  return { output, ctx };
}

test("a phrase is counted over a window and sampled", async () => {
  const { output, ctx } = await search({ sinceMinutes: 15, limit: 2 });
  expect(output).toMatchObject({ count: 3, truncated: false });
  expect(output.samples).toHaveLength(2);
  expect(output.samples[0]).toMatchObject({
    message: expect.stringContaining(incident.patterns.missingToken),
  });
  expect(Date.parse(output.to) - Date.parse(output.from)).toBe(15 * 60_000);
  expect(ctx.recorded.evidence.get("log-search.json")).toMatchObject({ count: 3 });
});

test("samples are the newest, newest first", async () => {
  for (const number of [1, 2, 3]) world.world.logs.put(incident.logGroup, "s", `marker ${number}`);
  const { output } = await search({ pattern: "marker", sinceMinutes: 5, limit: 2 });
  expect(output.samples.map(({ message }) => message)).toEqual(["marker 3", "marker 2"]);
});

test("quotes and brackets in a phrase are taken literally", async () => {
  world.world.logs.put(incident.logGroup, "s", 'said "no" [to] {it}');
  const { output } = await search({ pattern: '"no" [to] {it}', sinceMinutes: 5 });
  expect(output.count).toBe(1);
});

test("a window may begin and end at times", async () => {
  const { output } = await search({ since: "2020-01-01T00:00:00Z", until: "2020-01-02T00:00:00+01:00" });
  expect(output).toMatchObject({
    count: 0,
    from: "2020-01-01T00:00:00.000Z",
    to: "2020-01-01T23:00:00.000Z",
  });
});

test("a window needs one beginning", () => {
  const none = { logGroup: "g", pattern: "p" };
  const two = { ...none, sinceMinutes: 5, since: "2020-01-01T00:00:00Z" };
  expect([none, two].map((input) => logsSearch.input.safeParse(input).success)).toEqual([false, false]);
});

test("more events than fit on a page are counted on all pages", async () => {
  for (let number = 0; number < 10_050; number += 1) world.world.logs.put(incident.logGroup, "s", "flood");
  const { output } = await search({ pattern: "flood", sinceMinutes: 5 });
  expect(output).toMatchObject({ count: 10_050, truncated: false });
});

test("a log group that does not exist is not found, by name", async () => {
  await expect(search({ logGroup: "/ecs/nobody", sinceMinutes: 5 })).rejects.toMatchObject({
    code: "AWS_NOT_FOUND",
    message: expect.stringContaining("/ecs/nobody"),
  });
});
