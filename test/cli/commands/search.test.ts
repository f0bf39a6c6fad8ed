import { beforeAll, expect, test } from "vitest";
import { list } from "../../../src/cli/commands/list.ts";
import { search, type SearchArgs } from "../../../src/cli/commands/search.ts";
import { answer, finishedRun, smallBench } from "../../support/read-run.ts";
import { catchIo } from "../../support/read-io.ts";

/** One database: a run that retried and succeeded, one that was rejected, one that waits. */
const place = { dir: "", ended: "", rejected: "", waiting: "", inside: "" };

beforeAll(async () => {
  const ended = await finishedRun({ fail: 1, text: "Needle\tin hay" });
  const made = await smallBench(ended.dir);
  const rejected = made.start({ fail: 0, text: "b" });
  await made.drive(rejected);
  answer(made, rejected, { type: "reject", reason: "not today" });
  await made.drive(rejected, { resumed: "again" });
  const waiting = made.start({ fail: 0, text: "c" });
  await made.drive(waiting);
  const [, inside] = made.host.store.runTree(ended.run);
  Object.assign(place, { dir: ended.dir, ended: ended.run, rejected, waiting, inside: inside?.run });
});

async function found(
  filter: SearchArgs["filter"],
  more: Partial<SearchArgs> = {},
): Promise<readonly string[]> {
  const { io, globals, out } = catchIo(place.dir, { json: true });
  await search({ filter, text: null, limit: 20, ...more }, globals, io);
  const { runs } = JSON.parse(out()) as { readonly runs: readonly { readonly run: string }[] };
  return runs.map(({ run }) => run);
}

test("runs are found by runbook, outcome, actor and error code, newest first", async () => {
  const { ended, rejected, waiting, inside } = place;
  expect(await found({ runbook: "outer" })).toEqual([waiting, rejected, ended]);
  expect(await found({ runbook: "inner" })).toEqual([inside]);
  expect(await found({ status: "open" })).toEqual([waiting]);
  expect(await found({ status: "cancelled" })).toEqual([rejected]);
  expect(await found({ actor: "ana", status: "succeeded" })).toEqual([ended]);
  expect(await found({ actor: "nobody" })).toEqual([]);
  expect(await found({ error: "AWS_THROTTLED" })).toEqual([ended]);
  expect(await found({ target: "us-east-1" })).toEqual([]);
});

test("runs are found by when they started, and a moment that is none is refused", async () => {
  expect(await found({ since: "1h" })).toHaveLength(4);
  expect(await found({ until: "1h" })).toEqual([]);
  await expect(found({ since: "yesterday" })).rejects.toMatchObject({ code: "USAGE" });
});

test("text is found in events and in evidence, in any case, and the place is said", async () => {
  expect(await found({}, { text: "needle\tIN" })).toEqual([place.inside, place.ended]);
  expect(await found({}, { text: "not today" })).toEqual([place.rejected]);
  const { io, globals, out } = catchIo(place.dir);
  await search({ filter: { runbook: "outer" }, text: "needle", limit: 20 }, globals, io);
  expect(out()).toMatch(/#1 run\.started.*and \d+ more/);
  const file = catchIo(place.dir, { json: true });
  await search({ filter: {}, text: "needle\tin hay\n", limit: 20 }, file.globals, file.io);
  expect(file.out()).toContain('"where": "echo.txt"');
});

test("a search for nothing says what could be said", async () => {
  await expect(found({})).rejects.toMatchObject({ code: "USAGE" });
});

test("pages of a list and of a search follow each other without a gap", async () => {
  const { ended, rejected, waiting } = place;
  const first = catchIo(place.dir);
  await list({ all: false, limit: 2, before: null }, first.globals, first.io);
  expect(first.out()).toContain(`runwright list --limit 2 --before ${rejected}`);
  const second = catchIo(place.dir);
  await list({ all: false, limit: 2, before: rejected }, second.globals, second.io);
  expect(second.out()).toContain(ended);
  expect(second.out()).not.toContain(waiting);
  expect(second.out()).not.toContain("--before");
  expect(await found({ runbook: "outer", before: waiting }, { limit: 1 })).toEqual([rejected]);
  await expect(found({ before: "R-0000" })).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
});
