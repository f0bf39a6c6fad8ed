import { buildSync } from "esbuild";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const dir = mkdtempSync(path.join(tmpdir(), "runwright-prompts-"));
const program = path.join(dir, "asking.cjs");
const socket = `runwright-${process.pid}`;
const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
if (!hasTmux) console.warn("SKIPPED: there is no tmux, so the prompts are not tested in a real terminal.");

beforeAll(() => {
  buildSync({
    entryPoints: [fileURLToPath(new URL("../view/asking.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: program,
    logLevel: "error",
  });
});
afterAll(() => {
  if (hasTmux) spawnSync("tmux", ["-L", socket, "kill-server"]);
  rmSync(dir, { recursive: true });
});

function tmux(...args: readonly string[]): string {
  return execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** The program in a terminal of its own. */
class Person {
  readonly #session: string;

  constructor(kind: string) {
    this.#session = `${kind}-${Math.random().toString(36).slice(2)}`;
    const command = `env LANG=C.UTF-8 ${process.execPath} ${program} ${kind}; echo EXIT $?; read -r line`;
    tmux("new-session", "-d", "-x", "80", "-y", "24", "-s", this.#session, command);
  }

  screen(): string {
    return tmux("capture-pane", "-p", "-J", "-t", this.#session);
  }

  press(...keys: readonly string[]): void {
    tmux("send-keys", "-t", this.#session, ...keys);
  }

  type(text: string): void {
    tmux("send-keys", "-t", this.#session, "-l", text);
  }

  async see(what: RegExp | string, patience = 10_000): Promise<string> {
    const deadline = Date.now() + patience;
    for (;;) {
      const screen = this.screen();
      if (typeof what === "string" ? screen.includes(what) : what.test(screen)) return screen;
      if (Date.now() > deadline) throw new Error(`Never saw ${what} in:\n${screen}`);
      await sleep(40);
    }
  }

  /** Presses as a person does, who presses again when nothing happened. */
  async pressUntil(key: string, what: RegExp | string): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      this.press(key);
      try {
        return await this.see(what, 700);
      } catch (error) {
        if (attempt === 12) throw error;
      }
    }
  }

  /** Types a line at a text prompt and sees to it that all of it arrived. */
  async answer(prompt: string, text: string): Promise<void> {
    await this.see(prompt);
    for (;;) {
      this.type(text);
      try {
        await this.see(text.slice(-12), 700);
        break;
      } catch {
        this.press("C-u");
      }
    }
    this.press("Enter");
  }
}

test("without a terminal nothing is asked: `echo y |` is refused with the command that answers", () => {
  const { stdout } = spawnSync(process.execPath, [program, "high"], { input: "y\n\n\n", encoding: "utf8" });
  expect(stdout).toMatch(
    /ERROR RunbookError TTY_NEEDED .*runwright approve R-7F3K approve --sha [0-9a-f]{8} --reason/,
  );
  expect(stdout).not.toContain("[paused]");
});

describe.runIf(hasTmux).concurrent("in a terminal", () => {
  test.for(["high", "low"])("fifty Enters, typed ahead or mashed, do not approve (%s)", async (kind) => {
    const person = new Person(kind);
    person.press(...Array.from({ length: 25 }, () => "Enter"));
    await person.see("❯ Show details");
    for (let enter = 0; enter < 25; enter += 1) person.press("Enter");
    await person.pressUntil("Down", /❯ Approve/);
    expect(person.screen()).not.toContain("ANSWER");
  });

  test("the person who asked for the run sees that somebody else has to approve, and may still reject", async () => {
    const person = new Person("others");
    expect(await person.see("Reject")).toContain("you asked for this run");
    await person.pressUntil("Down", /[>\u276f] Reject/);
  });

  test("high risk needs the phrase: a wrong one is told and approves nothing", async () => {
    const person = new Person("high");
    await person.see("❯ Show details");
    await person.pressUntil("Down", "❯ Approve");
    const screen = await person.pressUntil("Enter", "Type `apply ");
    const [, phrase = ""] = /Type `(apply [0-9a-f]{4})`/.exec(screen) ?? [];
    await person.answer("Type `apply", "apply ffff");
    await person.see("nothing is approved");
    person.press(...Array.from({ length: 10 }, () => "BSpace"));
    await person.answer("Type `apply", phrase);
    await person.answer("Why, for the record", "looks right");
    expect(await person.see("EXIT 0")).toContain('ANSWER {"type":"approve","reason":"looks right"}');
  });

  test("low risk needs an arrow and Enter", async () => {
    const person = new Person("low");
    await person.see("❯ Show details");
    await person.pressUntil("Down", "❯ Approve");
    await person.pressUntil("Enter", 'ANSWER {"type":"approve","reason":""}');
    expect(person.screen()).toContain("[resumed]");
  });

  test("details are shown and the question comes again", async () => {
    const person = new Person("high");
    await person.see("❯ Show details");
    await person.pressUntil("Enter", "full sha");
    expect(await person.see("❯ Show details")).toBeTruthy();
  });

  test("a rejection says why", async () => {
    const person = new Person("low");
    await person.see("❯ Show details");
    await person.pressUntil("Down", "❯ Approve");
    await person.pressUntil("Down", "❯ Reject");
    await person.pressUntil("Enter", "Why reject?");
    await person.answer("Why reject?", "wrong target");
    expect(await person.see('ANSWER {"type":"reject","reason":"wrong target"}')).toBeTruthy();
  });

  test("a question closes by itself when somebody answers elsewhere", async () => {
    const person = new Person("high");
    const screen = await person.see("❯ Show details");
    process.kill(Number(/pid (\d+)/.exec(screen)?.[1]), "SIGUSR2");
    const after = await person.see("EXIT 0");
    expect(after).toContain("ANSWER null");
    expect(after).not.toContain("❯");
  });

  test("a question closes when its gate expires", async () => {
    const person = new Person("expiring");
    await person.see("❯ Show details");
    expect(await person.see("ANSWER null")).toBeTruthy();
  });

  test("a gate that has expired is not asked about", async () => {
    const person = new Person("expired");
    expect(await person.see("ANSWER null")).not.toContain("[paused]");
  });

  test("Ctrl-C works at every moment, also while other keys are ignored", async () => {
    const person = new Person("high");
    await person.see("❯ Show details");
    person.press("C-c");
    expect(await person.see("ERROR PromptInterrupted")).toBeTruthy();
  });

  test("at a fork the suggestion comes first, danger last, and what is impossible says why", async () => {
    const person = new Person("choice");
    const screen = await person.see("❯ Show details");
    const order = [...screen.matchAll(/\[(redis|retry|cancel|skip)\]/g)].map(([, id]) => id);
    expect(order).toEqual(["redis", "retry", "cancel", "skip"]);
    expect(screen).toContain("[redis] (suggested)");
    expect(screen).toContain("(not possible: a later step needs it)");
    await person.pressUntil("Down", "❯ Run child runbook");
    await person.pressUntil("Enter", 'ANSWER {"type":"choose","choice":"redis","reason":""}');
  });

  test("what is in doubt takes a reason and what the step would have returned", async () => {
    const person = new Person("inDoubt");
    await person.see("❯ Show details");
    await person.pressUntil("Down", "❯ It is done");
    await person.pressUntil("Enter", "Why done?");
    await person.answer("Why done?", "seen in the console");
    await person.answer("What it returned", '{"removed": 9007199254740993}');
    await person.see("not exact");
    person.press("C-u");
    await person.answer("What it returned", '{"removed":true}');
    expect(await person.see('"reason":"seen in the console","output":{"removed":true}')).toBeTruthy();
  });

  test("values are asked one by one, checked, and shown before they are used", async () => {
    const person = new Person("input");
    await person.answer("Who owns the service?", "team-api");
    await person.answer("Which port?", "many");
    await person.see("not a whole number");
    person.press("C-u");
    await person.answer("Which port?", "6380");
    await person.see("❯ no");
    await person.pressUntil("Down", "❯ yes");
    await person.pressUntil("Enter", "Use owner=team-api, port=6380, urgent=true?");
    await person.see("❯ Change something");
    await person.pressUntil("Down", "❯ Use these");
    expect(
      await person.pressUntil(
        "Enter",
        'ANSWER {"type":"give","values":{"owner":"team-api","port":6380,"urgent":true}}',
      ),
    ).toBeTruthy();
  });
});
