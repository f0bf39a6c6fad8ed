import type { WriteStream } from "node:tty";
import type { Decision } from "../../engine/decide.ts";
import { RunbookError } from "../../model/error.ts";
import type { Actor, Artifact, Gate } from "../../model/event.ts";
import type { RunSummary } from "../../model/summary.ts";
import { problemWith } from "../../runs/attach-files.ts";
import type { Operator } from "../../runs/prompt-queue.ts";
import type { Globals, Io } from "../io.ts";
import { lookOf } from "../view/render-context.ts";
import { renderGate } from "../view/gate.ts";
import { takeKeys, type Guard, type Keys } from "../view/keys.ts";
import { palette } from "../view/palette.ts";
import { commandsOf } from "../view/pause.ts";
import { askGate, type Asker, type Choice } from "../view/questions.ts";
import { symbolsOf } from "../view/symbols.ts";
import { terminalColumns } from "../view/terminal-columns.ts";

export interface PromptOptions {
  readonly color: Globals["color"];
  /** Who sits there. */
  readonly actor: Actor;
  /** Stores files as evidence of a run. */
  readonly attach: (run: string, files: readonly string[]) => Promise<readonly Artifact[]>;
  /** Gives the screen to the prompt, and back to the view. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/** The person pressed Ctrl-C at a question, or closed the terminal: stop the run safely. */
export class PromptInterrupted extends Error {
  override readonly name = "PromptInterrupted";
}

/** Ignored at first: keys that were typed before the question was there. A menu also waits until a held key is let go. */
const guards = {
  select: { deaf: 400, quiet: 150 },
  text: { deaf: 400, quiet: 0 },
} as const satisfies Record<string, Guard>;

/** The longest time that a timer can be set to. */
const longest = 2 ** 31 - 1;

/** A person at the keyboard, asked one question at a time. */
export function createPrompts(io: Io, options: PromptOptions): Pick<Operator, "ask"> {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask: (gate, summary, signal) => {
      const output = terminalOf(io);
      if (output === undefined) return Promise.reject(ttyNeeded(gate, summary));
      const turn = last.then(() => ask({ ...io, stdout: output }, options, { gate, summary, signal }));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** Asks one question that belongs to no gate; rejects with `PromptInterrupted` at Ctrl-C. */
export async function choose(
  io: Io,
  color: Globals["color"],
  { message, choices }: { readonly message: string; readonly choices: readonly Choice[] },
): Promise<string> {
  const interrupted = new AbortController();
  const keys = keysOf(io, interrupted);
  try {
    const screen = { ...io, stdout: terminalOf(io) ?? io.stdout };
    const { select } = await createQuestions(screen, { color, keys, signal: interrupted.signal });
    return await select(message, choices);
  } catch (error) {
    throw interrupted.signal.aborted ? interrupted.signal.reason : error;
  } finally {
    keys.close();
  }
}

/** Whether somebody can be asked here. */
export function isTerminal(io: Io): boolean {
  return terminalOf(io) !== undefined;
}

interface GatePrompt {
  readonly gate: Gate;
  readonly summary: RunSummary;
  /** Aborts when somebody else has answered. */
  readonly signal: AbortSignal;
}

async function ask(io: Io, options: PromptOptions, asked: GatePrompt): Promise<Decision | undefined> {
  const { gate, summary, signal } = asked;
  const expiry = expiryOf(gate, io.now());
  const interrupted = new AbortController();
  const over = AbortSignal.any([signal, expiry.signal]);
  if (over.aborted) return undefined;
  options.pause();
  const keys = keysOf(io, interrupted);
  try {
    const asker = await createAsker(io, options, {
      ...asked,
      signal: AbortSignal.any([over, interrupted.signal]),
      keys,
    });
    return await askGate(gate, summary, asker);
  } catch (error) {
    if (interrupted.signal.aborted) throw interrupted.signal.reason;
    if (over.aborted) return undefined;
    // Something else in this process ended the prompt, as a signal does.
    if (error instanceof Error && error.name === "ExitPromptError")
      throw new PromptInterrupted(error.message);
    throw error;
  } finally {
    expiry.clear();
    keys.close();
    options.resume();
  }
}

/** The keyboard; Ctrl-C and a terminal that is closed interrupt. */
function keysOf({ stdin }: Io, interrupted: AbortController): Keys {
  const interrupt = (): void => interrupted.abort(new PromptInterrupted("Interrupted at a question."));
  return takeKeys({ stdin, now: () => performance.now(), onInterrupt: interrupt, onGone: interrupt });
}

/** An open question must not outlive the gate that it asks about. */
function expiryOf(
  { expiresAt }: Gate,
  now: Date,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  const expired = new AbortController();
  if (expiresAt === null) return { signal: expired.signal, clear: () => {} };
  const left = new Date(expiresAt).getTime() - now.getTime();
  if (left <= 0) expired.abort();
  const timer = setTimeout(() => expired.abort(), Math.min(left, longest));
  return { signal: expired.signal, clear: () => clearTimeout(timer) };
}

async function createAsker(
  io: Io,
  options: PromptOptions,
  asked: GatePrompt & { readonly keys: Keys },
): Promise<Asker> {
  const { gate, summary } = asked;
  return {
    ...(await createQuestions(io, { ...asked, color: options.color })),
    actor: options.actor,
    problemWith: (file) => problemWith(file, io),
    attach: (file) => options.attach(summary.run, [file]),
    details: () => {
      const style = { ...lookOf(io, options.color), now: io.now() };
      const lines = renderGate(gate, summary, terminalColumns(io.stdout) - 1, style);
      io.stdout.write(["", ...lines, `  full sha ${gate.digest}`, ""].map((line) => `${line}\n`).join(""));
    },
  };
}

interface QuestionOptions {
  readonly color: Globals["color"];
  readonly keys: Keys;
  readonly signal: AbortSignal;
}

async function createQuestions(
  io: Io,
  { color, keys, signal }: QuestionOptions,
): Promise<Pick<Asker, "select" | "text">> {
  // It takes a while to load, and most commands never ask anything.
  const { default: inquirer } = await import("inquirer");
  const theme = themeOf(io, color);
  const open = (guard: Guard) =>
    inquirer.createPromptModule({
      input: keys.open(guard),
      output: io.stdout,
      signal,
      clearPromptOnDone: true,
    });
  return {
    select: async (message, choices) => {
      const prompt = open(guards.select);
      const shown = {
        type: "select",
        name: "answer",
        message,
        choices,
        loop: false,
        pageSize: 12,
        theme,
      } as const;
      return (await prompt<{ answer: string }>([shown])).answer;
    },
    text: async (message, check) => {
      const prompt = open(guards.text);
      const validate = (text: string): string | true => check(text) ?? true;
      const shown = { type: "input", name: "answer", message: `${message}:`, validate, theme } as const;
      return (await prompt<{ answer: string }>([shown])).answer;
    },
  };
}

function themeOf(io: Io, color: Globals["color"]) {
  const { accent, good, bad, faint, strong } = palette(io, color);
  const { pointer, ok, dot } = symbolsOf(io);
  return {
    prefix: { idle: accent("?"), done: good(ok) },
    icon: { cursor: pointer },
    style: {
      answer: accent,
      message: strong,
      error: (text: string) => bad(`! ${text}`),
      help: faint,
      highlight: accent,
      disabled: faint,
      defaultAnswer: faint,
      keysHelpTip: () => faint(`arrow keys choose ${dot} Enter takes it ${dot} ctrl-c stops safely`),
    },
  };
}

function terminalOf({ stdin, stdout, stderr }: Io): WriteStream | undefined {
  if (!stdin.isTTY) return undefined;
  return [stdout, stderr].find(({ isTTY }) => isTTY);
}

function ttyNeeded(gate: Gate, { run }: RunSummary): RunbookError {
  const [first] = commandsOf(run, gate);
  const message = `Gate \`${gate.gate}\` of run ${run} needs a person, and this is not a terminal.`;
  return new RunbookError(
    "TTY_NEEDED",
    message,
    first === undefined ? {} : { hint: `Answer it with: ${first[1]}` },
  );
}
