/** What the world prints reaches people by every command: nothing of it may act on their terminal. */
import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { list } from "../../src/cli/commands/list.ts";
import { logs } from "../../src/cli/commands/logs.ts";
import { report } from "../../src/cli/commands/report.ts";
import { search } from "../../src/cli/commands/search.ts";
import { show } from "../../src/cli/commands/show.ts";
import { status } from "../../src/cli/commands/status.ts";
import { timeline } from "../../src/cli/commands/timeline.ts";
import { printError } from "../../src/cli/view/print-error.ts";
import type { Globals, Io } from "../../src/cli/io.ts";
import { createTerminalView } from "../../src/cli/view/terminal-view.ts";
import { RunbookError } from "../../src/model/error.ts";
import { summarise } from "../../src/model/summary.ts";
import { hostile, isUnsafe } from "../redact/hostile.ts";
import { payloads } from "../support/payloads.ts";
import { catchIo } from "../support/read-io.ts";
import { answer, finishedRun, smallBench } from "../support/read-run.ts";
import type { Bench } from "../support/world-free.ts";

// Half a surrogate pair never gets so far: what is stored is well formed.
const text = [...hostile.map(([what, attack]) => `${what}: ${attack.toWellFormed()}`), ...payloads].join(
  "\n",
);

let ended: Awaited<ReturnType<typeof finishedRun>>;
let waiting: { readonly made: Bench; readonly run: string };

beforeAll(async () => {
  ended = await finishedRun({ text, fail: 1 });
  const made = await smallBench();
  const run = made.start({ fail: 1, text });
  await made.drive(run);
  answer(made, run, { type: "choose", choice: "retry", reason: text });
  await made.drive(run, { resumed: text });
  waiting = { made, run };
});

type Command = (run: string, globals: Globals, io: Io) => unknown;

const whole = { step: null, types: [], since: null, failed: false, local: false, jsonl: false } as const;
const still = { follow: false, jsonl: false } as const;
const commands: Readonly<Record<string, Command>> = {
  status: (run, globals, io) => status({ run }, globals, io),
  show: (run, globals, io) => show({ run, step: undefined }, globals, io),
  "show of a step": (run, globals, io) => show({ run, step: "look" }, globals, io),
  list: (_run, globals, io) => list({ all: true, limit: 20, before: null }, globals, io),
  search: (_run, globals, io) => search({ filter: { runbook: "outer" }, text: "e", limit: 20 }, globals, io),
  timeline: (run, globals, io) => timeline({ run, ...whole }, globals, io),
  "timeline --jsonl": (run, globals, io) => timeline({ run, ...whole, jsonl: true }, globals, io),
  logs: (run, globals, io) => logs({ run, step: undefined, name: undefined, ...still }, globals, io),
  report: (run, globals, io) => report({ run, output: "-", form: "md", ascii: false }, globals, io),
  "an error": (_run, globals, io) =>
    printError(new RunbookError("AWS_THROTTLED", text, { data: { text } }), globals, io),
  "an error that nobody expected": (_run, globals, io) => printError(new Error(text), globals, io),
};

test("the sweep sees what acts", () => {
  expect(isUnsafe(text)).toBe(true);
});

test.for(Object.entries(commands))("%s shows a terminal nothing that acts", async ([, command]) => {
  for (const { made, run } of [waiting, { made: ended, run: ended.run }]) {
    for (const json of [false, true]) {
      const { io, globals, out } = catchIo(made.dir, { json, tty: true });
      await command(run, globals, io);
      expect(out()).not.toBe("");
      expect(isUnsafe(out())).toBe(false);
    }
  }
});

test("a watched run shows a terminal nothing that acts", () => {
  const { host, dir } = ended;
  const { io, out } = catchIo(dir);
  const stdout = {
    isTTY: false,
    columns: 100,
    rows: 24,
    write: (part: string) => io.stdout.write(part),
    on: () => {},
    off: () => {},
  };
  const view = createTerminalView({ env: io.env, now: io.now, stdout }, { color: "never", run: ended.run });
  const family = host.store.runTree(ended.run).map(({ run }) => host.store.log.events(run));
  const summaries = new Map(family.map((events) => [events[0]?.run ?? "", summarise(events)]));
  for (const events of family) view.events(events, summaries);
  view.progress(ended.run, "look", text);
  view.note(text);
  view.close();
  expect(out()).toContain("\\u{1b}[2J");
  expect(isUnsafe(out())).toBe(false);
});

test("what programs read in a pipe is what was stored, byte by byte", async () => {
  const { io, globals, out } = catchIo(ended.dir);
  await timeline({ run: ended.run, ...whole, jsonl: true }, globals, io);
  const stored = ended.host.store.runTree(ended.run).flatMap(({ run }) => ended.host.store.log.lines(run));
  const digest = (lines: readonly string[]): string =>
    createHash("sha256").update(lines.toSorted().join("\n")).digest("hex");
  expect(digest(out().trimEnd().split("\n"))).toBe(digest(stored));
});
