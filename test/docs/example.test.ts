import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { decide } from "../../src/engine/decide.ts";
import { loadRunbook } from "../../src/loader/load.ts";
import { summarise } from "../../src/model/summary.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { serve } from "../steps/local-server.ts";
import { ana, bench } from "../support/world-free.ts";
import { blocksOf, page } from "./pages.ts";

/** The runbook that the page shows, from a file as its reader would have it. */
async function example(): Promise<Runbook> {
  const [block] = blocksOf(page("docs/writing-runbooks.md")).filter(({ language }) => language === "ts");
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-example-"));
  const file = path.join(dir, "site-down.ts");
  writeFileSync(file, block?.text ?? "");
  return (await loadRunbook(file, { cwd: dir, env: process.env })).runbook;
}

test("the example of the page ends at once when the site answers", async () => {
  const site = await serve((_, response) => response.end("ok"));
  const { start, drive } = bench(await example());
  const run = start({ url: site.url, webhook: site.url });
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  await site.close();
});

test("the example of the page asks before it tells the team, and tells it once approved", async () => {
  const told: string[] = [];
  const site = await serve((request, response) => {
    if (request.method === "POST") told.push(String(request.headers["idempotency-key"]));
    response.writeHead(request.method === "POST" ? 200 : 503).end();
  });
  const { start, drive, host } = bench(await example());
  const run = start({ url: site.url, webhook: site.url });
  expect(await drive(run)).toEqual({ type: "paused" });
  expect(told).toEqual([]);
  const events = host.store.log.events(run);
  const [gate] = summarise(events).gates;
  expect(gate).toMatchObject({ gate: "ask", kind: "approval" });
  const decision = { type: "approve", reason: "it is down for me too" } as const;
  const draft = decide(events, { run, gate: null, digest: null, decision, actor: ana }, new Date());
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  expect(await drive(run, { resumed: "again" })).toEqual({ type: "ended", status: "failed" });
  expect(told).toHaveLength(1);
  await site.close();
});
