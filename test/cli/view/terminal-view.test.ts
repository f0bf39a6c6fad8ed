import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunView } from "../../../src/cli/io.ts";
import { createTerminalView, type TerminalViewOptions } from "../../../src/cli/view/terminal-view.ts";
import type { RunEvent } from "../../../src/model/event.ts";
import { ana, gate, planOutput, start, Story } from "./story.ts";
import { ioOn, Terminal } from "./terminal.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

interface Watched {
  readonly view: RunView;
  readonly story: Story;
  readonly terminal: Terminal;
  readonly tell: (...events: readonly RunEvent[]) => void;
}

function watch(
  size: ConstructorParameters<typeof Terminal>[0] = {},
  { env = {}, ...options }: Partial<TerminalViewOptions> & { readonly env?: Record<string, string> } = {},
): Watched {
  const terminal = new Terminal(size);
  const story = new Story();
  const io = ioOn(terminal, {
    now: () => story.now,
    env: { LANG: "C.UTF-8", TERM: "xterm", NO_COLOR: "1", ...env },
  });
  const view = createTerminalView(io, { color: "auto", run: story.run, ...options });
  const tell = (...events: readonly RunEvent[]): void =>
    view.events(events, new Map([[story.run, story.summary]]));
  tell(...story.events);
  return { view, story, terminal, tell };
}

test("the banner says what runs where, and that the world and terraform are not the real ones", async () => {
  const { terminal, view } = watch();
  view.close();
  expect(await terminal.screen()).toBe(
    [
      "R-7F3K · missing-secret · Give a service its missing secret",
      "  by        ana as role/oncall",
      "  target    account 932100000000, region us-east-1",
      "  dir       practice/terraform (workspace default)",
      "  practice  simulated AWS at http://127.0.0.1:4566, nothing real is touched",
      "  tools     terraform 1.11.4 (the stand-in), node v20.20.2",
      "  runbook   11 steps, success criteria: 2, source sha 5c0e5c0e",
    ].join("\n"),
  );
});

test("below the history the footer shows the running step, its clock, and its newest line", async () => {
  const { terminal, view, story, tell } = watch();
  tell(story.started("rollout", "ecs.await-deployment", "wait for it", { timeout: "15m" }));
  story.pass(252_000);
  view.progress(story.run, "rollout", "PRIMARY :151 running 1/1");
  const rows = (await terminal.screen()).split("\n");
  expect(rows.at(-3)).toMatch(/^. 8\/11 rollout running +4m12s of 15m$/);
  expect(rows.slice(-2)).toEqual([
    "  │ PRIMARY :151 running 1/1",
    "  R-7F3K · ctrl-c stops safely, the record is saved",
  ]);
  expect(rows).toContain("▶ 8/11 rollout started: wait for it");
});

test("the clock ticks by itself, and the footer leaves nothing behind", async () => {
  const { terminal, view, story, tell } = watch();
  tell(story.started("plan", "terraform.plan", "plan"));
  for (let seconds = 0; seconds < 40; seconds += 1) {
    story.pass(1_000);
    vi.advanceTimersByTime(250);
  }
  expect(await terminal.screen()).toContain("40s");
  tell(story.succeeded("plan", planOutput, 0));
  view.close();
  const all = await terminal.everything();
  expect(all).not.toMatch(/running|ctrl-c/);
  expect(all).toMatch(/✓ 5\/11 plan succeeded: 1 to replace, 1 to add, sha 9c1f0a7e +40s$/);
});

test("a terminal that gets narrower or wider keeps the history and shows one footer only", async () => {
  const { terminal, view, story, tell } = watch({ columns: 100, rows: 20 });
  tell(story.started("rollout", "ecs.await-deployment", "wait for it", { timeout: "15m" }));
  view.progress(story.run, "rollout", `PRIMARY ${"x".repeat(150)}`);
  for (const columns of [70, 62, 110, 80]) {
    await terminal.resize(columns, 20);
    const screen = await terminal.screen();
    expect(screen.match(/running/g), `${columns} columns:\n${screen}`).toHaveLength(1);
    expect(screen).toContain("▶ 8/11 rollout started: wait for it");
    expect(screen.split("\n").at(-1)).toBe("  R-7F3K · ctrl-c stops safely, the record is saved");
  }
});

test("below 60 columns there is no footer, and it comes back", async () => {
  const { terminal, story, tell } = watch();
  tell(story.started("plan", "terraform.plan", "plan"));
  await terminal.resize(50, 24);
  expect(await terminal.screen()).not.toContain("running");
  await terminal.resize(80, 24);
  expect(await terminal.screen()).toContain("running");
});

test("nothing but its own rows is ever erased, and there is no alternate screen", async () => {
  const { terminal, view, story, tell } = watch({ rows: 10 });
  tell(story.started("plan", "terraform.plan", "plan"));
  for (let line = 0; line < 8; line += 1) view.progress(story.run, "plan", `line ${line}`);
  tell(story.succeeded("plan", planOutput));
  view.close();
  const all = await terminal.everything();
  for (let line = 0; line < 8; line += 1) expect(all).toContain(`line ${line}`);
  expect(all).toContain("R-7F3K · missing-secret");
  // oxlint-disable-next-line no-control-regex -- that is the question
  expect(terminal.raw).not.toMatch(/\u001b\[\?1049|\u001b\[2J|\u001b\[3J/);
});

test("while a prompt has the screen nothing is drawn, and what happened is told afterwards", async () => {
  const { terminal, view, story, tell } = watch();
  tell(story.started("plan", "terraform.plan", "plan"));
  view.pause();
  const before = await terminal.screen();
  expect(before).not.toContain("ctrl-c");
  tell(story.add("finding.recorded", { text: "it is the token", status: "hypothesis", step: "plan" }));
  vi.advanceTimersByTime(2_000);
  expect(await terminal.screen()).toBe(before);
  view.resume();
  expect(await terminal.screen()).toContain("• finding (hypothesis): it is the token");
});

test("a chatty step is folded, and a failed one tells its last lines", async () => {
  const { terminal, view, story, tell } = watch({ isTTY: false });
  tell(story.started("plan", "terraform.plan", "plan"));
  for (let line = 1; line <= 30; line += 1) view.progress(story.run, "plan", `line ${line}`);
  const failure = { code: "TERRAFORM_FAILED", message: "No.", hint: "Look.", data: {} };
  tell(story.add("step.failed", { step: "plan", attempt: 1, failure }));
  const told = [...terminal.raw.matchAll(/│ line (\d+)\n/g)].map(([, number]) => Number(number));
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
  expect(terminal.raw).toContain("│ … 10 more: runwright logs R-7F3K plan");
});

test("in a log every line has its time and run, and a step that takes long is heard of every 30 seconds", async () => {
  const { terminal, view, story, tell } = watch({ isTTY: false });
  tell(story.started("rollout", "ecs.await-deployment", "wait for it", { timeout: "15m" }));
  view.progress(story.run, "rollout", "running 0/1");
  for (let seconds = 0; seconds < 65; seconds += 1) {
    story.pass(1_000);
    vi.advanceTimersByTime(1_000);
  }
  const lines = terminal.raw.trimEnd().split("\n");
  for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ R-7F3K /);
  expect(lines.filter((line) => line.includes("rollout running"))).toEqual([
    "2025-10-07T13:51:32Z R-7F3K ◷ 8/11 rollout running 30s of 15m: running 0/1",
    "2025-10-07T13:52:02Z R-7F3K ◷ 8/11 rollout running 1m00s of 15m: running 0/1",
  ]);
  expect(terminal.raw).not.toContain("\u001b");
  view.close();
});

test("CI is a log even where it pretends to be a terminal", async () => {
  const { terminal } = watch({}, { env: { CI: "true" } });
  expect(terminal.raw).not.toContain("\u001b");
  expect(terminal.raw).toMatch(/^2025-10-07T13:51:01Z R-7F3K /);
});

test("where a terminal knows only ASCII every mark has a word", async () => {
  const { terminal, story, tell } = watch({}, { env: { LANG: "C" } });
  tell(story.started("plan", "terraform.plan", "plan"), story.succeeded("plan", planOutput));
  // oxlint-disable-next-line no-control-regex -- that is the question
  expect((await terminal.everything()).replaceAll(/[\u0000-\u007f]/g, "")).toBe("");
  expect(await terminal.everything()).toContain("ok 5/11 plan succeeded");
});

test("what comes from outside cannot act on the terminal", async () => {
  const { terminal, view, story, tell } = watch({ isTTY: false });
  tell(story.started("plan", "terraform.plan", "evil \u001b[2J describe"));
  view.progress(story.run, "plan", "evil \u001b]0;title\u0007 line\nsecond");
  tell(story.add("gate.opened", gate({ shown: { summary: "evil \u202e bidi", lines: ["\u001b[31mred"] } })));
  view.note("evil \u001b[2J note");
  // oxlint-disable-next-line no-control-regex -- that is the question
  expect(terminal.raw).not.toMatch(/[\u001b\u0007\u202e]/);
  expect(terminal.raw).toContain("evil \\u{1b}[2J describe");
  expect(terminal.raw).toContain("evil \\u{202e} bidi");
});

test("a gate that is open when the view begins is shown once, one that was answered long ago is a line", async () => {
  const terminal = new Terminal({ isTTY: false });
  const story = new Story();
  story.add("gate.opened", gate({ gate: "approve", step: "approve" }));
  story.add("approval.granted", { gate: "approve", digest: "", reason: "fine", useBy: null }, { actor: ana });
  story.add("gate.opened", gate({ gate: "approve#2", step: "approve" }));
  const view = createTerminalView(ioOn(terminal), { color: "never", run: story.run });
  const summaries = new Map([[story.run, story.summary]]);
  view.events(story.events, summaries);
  view.events([], summaries);
  expect(terminal.raw.match(/risk: HIGH/g)).toHaveLength(1);
  expect(terminal.raw).toContain("6/11 approve approval needed: Apply this plan?");
  expect(terminal.raw).toContain('✓ 6/11 approve approved by ana: "fine"');
});

test("a child run is indented, with its own id and numbers", async () => {
  const { terminal, view, story, tell } = watch();
  tell(story.add("child.started", { step: "redis", run: "R-9K2P", runbook: "redis-sg" }));
  const child = new Story("R-9K2P", {
    ...start,
    runbook: { ...start.runbook, id: "redis-sg", title: "Let it reach Redis" },
    parent: { run: story.run, step: "redis", requester: "ana" },
    steps: [{ step: "confirm", title: "confirm" }],
  });
  child.started("confirm", "ec2.security-group-ingress", "look");
  view.events(child.events, new Map([["R-9K2P", child.summary]]));
  view.progress("R-9K2P", "confirm", "14 rules");
  const rows = (await terminal.screen()).split("\n");
  expect(rows).toContain("▶ 9/11 redis started: child run R-9K2P of runbook redis-sg");
  expect(rows).toContain("    R-9K2P ▶ 1/1 confirm started: look");
  expect(rows.at(-3)).toMatch(/^. R-9K2P 1\/1 confirm running/);
  expect(rows.filter((row) => row === "      │ 14 rules")).toHaveLength(1);
});

test("a gate calls the person by sound, by a notice and by the window's name, and the old name comes back", () => {
  const { terminal, view, story, tell } = watch();
  expect(terminal.raw).toContain("\u001b[22;2t\u001b]2;R-7F3K running\u0007");
  tell(story.add("gate.opened", gate()));
  expect(terminal.raw).toContain("\u0007\u001b]9;R-7F3K 6/11 approve: decision needed\u0007");
  expect(terminal.raw).toContain("\u001b]2;R-7F3K 6/11 approve: decision needed\u0007");
  view.close();
  expect(terminal.raw.endsWith("\u001b[23;2t")).toBe(true);
});

test("who wants no attention gets no sound, no notice and no name of the window", () => {
  const { terminal, view, story, tell } = watch({}, { attention: false });
  tell(story.add("gate.opened", gate()));
  view.close();
  // oxlint-disable-next-line no-control-regex -- that is the question
  expect(terminal.raw).not.toMatch(/\u0007|\u001b\]/);
});

test("the Linux console gets the sound and nothing that it would print", () => {
  const { terminal, story, tell } = watch({}, { env: { TERM: "linux" } });
  tell(story.add("gate.opened", gate()));
  expect(terminal.raw).toContain("\u0007");
  expect(terminal.raw).not.toContain("\u001b]");
});
