import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { createRecorder } from "../../../src/cli/terminal/recorder.ts";
import { createTerminalView } from "../../../src/cli/view/terminal-view.ts";
import { Secret } from "../../../src/model/secret.ts";
import { summarise } from "../../../src/model/summary.ts";
import { createRedactor } from "../../../src/redact/redactor.ts";
import { openRecording, recordingsOf, type StoredRecording } from "../../../src/store/recordings.ts";
import { scribe } from "../../support/made-events.ts";
import { Terminal, ioOn } from "../view/terminal.ts";

function place(): { readonly file: string } {
  return { file: path.join(mkdtempSync(path.join(tmpdir(), "runwright-cast-")), "state.db") };
}

/** A recorder on a terminal whose clock the test sets. */
function recorded(store: { readonly file: string }) {
  const terminal = new Terminal({ columns: 80, rows: 24 });
  let ms = Date.parse("2025-10-07T13:52:00.400Z");
  const io = ioOn(terminal, { now: () => new Date(ms) });
  const redactor = createRedactor();
  redactor.add(new Secret("KEY", "canary-of-a-recording"));
  const failures: string[] = [];
  const onFailure = (why: string): void => void failures.push(why);
  const open = () => openRecording(store, "R-AAAA");
  const recorder = createRecorder(io, { title: "R-AAAA b", redactor, open, onFailure });
  return { terminal, io, recorder, failures, pass: (more: number) => void (ms += more) };
}

function newest(store: { readonly file: string }): StoredRecording {
  const recording = recordingsOf(store, "R-AAAA").at(-1);
  if (recording === undefined) throw new Error("There is no recording.");
  return recording;
}

/** The lines of a recording, read as the format says: a header, then `[seconds, code, data]`. */
function read(file: string) {
  const [header = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const events = lines.map((line) => JSON.parse(line) as readonly [number, string, string]);
  return { header: JSON.parse(header) as Readonly<Record<string, unknown>>, events };
}

test("what is written is recorded with its time, size and end, as asciicast v3", async () => {
  const store = place();
  const { terminal, recorder, pass } = recorded(store);
  recorder.stdout.write("one\ntwö\n");
  pass(1_250);
  await terminal.resize(90, 30);
  pass(250);
  recorder.stdout.write("three\n");
  recorder.close(3);
  const { file, startedAt } = newest(store);
  const { header, events } = read(file);
  const term = { cols: 80, rows: 24, type: "xterm-256color" };
  expect(header).toEqual({ version: 3, term, timestamp: 1_759_845_120, title: "R-AAAA b" });
  expect(events).toEqual([
    [0, "o", "one\r\ntwö\r\n"],
    [1.25, "r", "90x30"],
    [0.25, "o", "three\r\n"],
    [0, "x", "3"],
  ]);
  expect(startedAt).toBe("2025-10-07T13:52:00.000Z");
  expect(statSync(file).mode & 0o077).toBe(0);
});

test("a recording is there line by line, before it is closed", () => {
  const store = place();
  const { recorder } = recorded(store);
  recorder.stdout.write("so far\n");
  const { file } = newest(store);
  expect(read(file).events).toEqual([[0, "o", "so far\r\n"]]);
});

test("each recording of a run is a file of its own", () => {
  const store = place();
  for (const _ of [1, 2]) recorded(store).recorder.close(0);
  expect(recordingsOf(store, "R-AAAA").map(({ file }) => path.basename(file))).toEqual(["1.cast", "2.cast"]);
});

test("a secret that reaches the screen does not reach the recording, wherever it is cut", () => {
  const store = place();
  const { recorder } = recorded(store);
  recorder.stdout.write("key canary-of-");
  recorder.stdout.write("a-recording.\n");
  recorder.close(0);
  const { file } = newest(store);
  const said = read(file).events.flatMap(([, code, data]) => (code === "o" ? [data] : []));
  expect(said.join("")).toBe("key [secret KEY].\r\n");
});

test("played on a terminal, a recording shows what the person saw", async () => {
  const store = place();
  const { terminal, io, recorder } = recorded(store);
  const { events } = scribe();
  const view = createTerminalView({ ...io, stdout: recorder.stdout }, { color: "never", run: "R-AAAA" });
  view.events(events, new Map([["R-AAAA", summarise(events)]]));
  view.note("a note");
  view.close();
  recorder.close(0);
  const { file } = newest(store);
  const player = new Terminal({ columns: 80, rows: 24 });
  for (const [, code, data] of read(file).events) if (code === "o") player.write(data);
  expect(await player.everything()).toBe(await terminal.everything());
  expect(await player.everything()).toContain("a note");
});

test("a recording that cannot be written is told once, and the output goes on", async () => {
  const { terminal, io } = recorded(place());
  const failures: string[] = [];
  const recorder = createRecorder(io, {
    title: "t",
    redactor: createRedactor(),
    open: () => openRecording({ file: path.join(import.meta.filename, "state.db") }, "R-AAAA"),
    onFailure: (why) => void failures.push(why),
  });
  recorder.stdout.write("told\n");
  recorder.close(0);
  expect(failures).toHaveLength(1);
  expect(await terminal.everything()).toContain("told");
});
