import { expect, test } from "vitest";
import { graph } from "../../../src/cli/commands/graph.ts";
import { loadRunbook } from "../../../src/loader/load.ts";
import { bench } from "../../support/world-free.ts";
import { catchIo } from "../../support/read-io.ts";

const root = new URL("../../../", import.meta.url).pathname;

test("a runbook is drawn by its name, as text or as the JSON of its machine", async () => {
  const text = catchIo(root);
  expect(await graph({ runbook: "redis-sg", format: "ascii", run: undefined }, text.globals, text.io)).toBe(
    0,
  );
  expect(text.out()).toContain("redis-sg: Admit the API to Redis\n");
  const json = catchIo(root);
  await graph({ runbook: "redis-sg", format: "json", run: undefined }, json.globals, json.io);
  expect(JSON.parse(json.out())).toMatchObject({
    id: "redis-sg",
    initial: "ingress",
    states: { approve: {} },
  });
  const model = catchIo(root, { json: true });
  await graph({ runbook: "redis-sg", format: "ascii", run: undefined }, model.globals, model.io);
  expect(JSON.parse(model.out())).toMatchObject({
    schema: "runwright.dev/graph/v1",
    id: "redis-sg",
    path: null,
  });
});

test("without a runbook and without a run the command says what it needs", async () => {
  const { io, globals } = catchIo(root);
  const nothing = graph({ runbook: undefined, format: "ascii", run: undefined }, globals, io);
  await expect(nothing).rejects.toMatchObject({
    code: "USAGE",
    hint: expect.stringContaining("list --runbooks"),
  });
});

test("the path of a run is marked as far as it got", async () => {
  const { runbook } = await loadRunbook("test/fixtures/graph/asks.ts", { cwd: root, env: process.env });
  const made = bench(runbook);
  const run = made.start({});
  await made.drive(run);
  const { io, globals, out } = catchIo(made.dir);
  const runbookFile = `${root}test/fixtures/graph/asks.ts`;
  expect(await graph({ runbook: runbookFile, format: "ascii", run }, globals, io)).toBe(0);
  const marked = out()
    .split("\n")
    .filter((line) => line.startsWith("*"));
  expect(marked.map((line) => line.split(/ +/).slice(0, 3).join(" "))).toEqual(["* gate ask", "* marks the"]);
});
