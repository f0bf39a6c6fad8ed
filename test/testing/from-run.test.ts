import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { test as testCommand } from "../../src/cli/commands/test.ts";
import { decide } from "../../src/engine/decide.ts";
import { loadRunbook } from "../../src/loader/load.ts";
import { summarise } from "../../src/model/summary.ts";
import { fromRun, replayRecording, simulate } from "../../src/testing/index.ts";
import { serve } from "../steps/local-server.ts";
import { ana, bench } from "../support/world-free.ts";
import { catchIo } from "../support/read-io.ts";

const text = `
import { runbook } from "runwright";
import { httpProbe } from "runwright/steps";
import { z } from "zod";

const { step, gate, define } = runbook("site", { title: "Site", input: z.strictObject({ url: z.url() }) });
const look = ({ input: { url } }) => ({ url, expect: { status: [200] } });

export default define({
  probe: step(httpProbe, look, { routes: [{ when: ({ ok }) => ok, to: "succeeded" }] }),
  ask: gate(() => ({ title: "Go on?", summary: "", risk: "low" })),
  again: step(httpProbe, look),
});
`;

/** A recorded run of the runbook in \`text\`: the site answers 500, ana approves, the site answers 500 again. */
async function recorded() {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-recorded-"));
  const file = path.join(dir, "site.ts");
  writeFileSync(file, text);
  const site = await serve((_, response) => response.writeHead(500).end("broken"));
  const { runbook } = await loadRunbook(file, { cwd: dir, env: process.env });
  const { start, drive, host } = bench(runbook, dir);
  const run = start({ url: site.url });
  await drive(run);
  const events = host.store.log.events(run);
  const [gate] = summarise(events).gates;
  const decision = { type: "approve", reason: "looks right" } as const;
  const deciding = { run, gate: "ask", digest: gate?.digest ?? null, decision, actor: ana };
  const draft = decide(events, deciding, new Date());
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  await drive(run, { resumed: "again" });
  await site.close();
  host.store.close();
  return { dir, file, run, runbook, db: path.join(dir, "state.db") };
}

test("a recorded run is played again on its runbook, also from a file", async () => {
  const { run, runbook, db, dir } = await recorded();
  const recording = await fromRun(run, { db });
  expect(recording.path).toEqual(["probe", "ask", "again"]);
  expect(recording.end).toBe("succeeded");
  const file = path.join(dir, "recording.json");
  writeFileSync(file, JSON.stringify(recording));
  const read = JSON.parse(readFileSync(file, "utf8")) as typeof recording;
  expect(read).toEqual(recording);
  const played = await simulate(runbook, read);
  expect(played.path).toEqual(recording.path);
  expect(played.end).toBe("succeeded");
  expect(await replayRecording(runbook, read)).toMatchObject({ together: recording.path, unknown: null });
  await expect(fromRun("R-NONE", { db })).rejects.toThrow("There is no run");
});

test("the command says that a run goes the same way, or where its path and the edited runbook's part", async () => {
  const { run, file, dir } = await recorded();
  async function replay(): Promise<{ code: number; out: string }> {
    const { io, globals, out } = catchIo(dir);
    const code = await testCommand({ files: [], replay: run, runbook: file }, globals, io);
    return { code, out: out().replaceAll(dir, "DIR") };
  }
  expect(await replay()).toEqual({
    code: 0,
    out: `Run ${run} goes the same way on DIR/site.ts: 3 states, it succeeded.\n`,
  });
  writeFileSync(file, text.replace('to: "succeeded"', 'to: "succeeded" }, { when: () => true, to: "again"'));
  expect(await replay()).toEqual({
    code: 1,
    out: [
      `Run ${run} goes another way on DIR/site.ts: after \`probe\` (state 1).`,
      "  recorded  ask > again > it succeeded",
      "  now       again > it succeeded",
      "",
    ].join("\n"),
  });
  writeFileSync(file, text.replace("again: step", "more: step(httpProbe, look),\n  again: step"));
  expect((await replay()).out).toContain(
    "Nothing plays `site/more` (`http.probe`). The run did not get there",
  );
});
