/** A tiny program that asks one gate and says what came of it: what `prompts.test.ts` runs in a real terminal. */
import type { Gate } from "../../../src/model/event.ts";
import { createPrompts } from "../../../src/cli/terminal/prompts.ts";
import { renderGate } from "../../../src/cli/view/gate.ts";
import { ana, gate, rolloutFailed, Story } from "./story.ts";

const fields = [
  { name: "owner", label: "Who owns the service?", type: "text", required: true },
  { name: "port", label: "Which port?", type: "integer", required: true, default: 6379 },
  { name: "urgent", label: "Is it urgent?", type: "boolean", required: true },
];
const option = { danger: true, suggested: false, reasonNeeded: true, disabled: null };

const gates: Readonly<Record<string, Gate>> = {
  high: gate({ expiresAt: null }),
  low: gate({ expiresAt: null, risk: "low" }),
  others: gate({ expiresAt: null, approvers: "others" }),
  choice: rolloutFailed,
  input: gate({ kind: "input", expiresAt: null, shown: { fields } }),
  inDoubt: gate({
    kind: "inDoubt",
    expiresAt: null,
    options: ["done", "again", "cancel"].map((id) => ({ ...option, id, label: `It is ${id}` })),
  }),
  expiring: gate({ expiresAt: new Date(Date.now() + 4_000).toISOString() }),
  expired: gate({ expiresAt: "2025-10-07T13:00:00.000Z" }),
};

const { stdin, stdout, stderr, env } = process;
const asked = gates[process.argv[2] ?? "high"] ?? gate();
const story = new Story();
const elsewhere = new AbortController();
// Not `once`: inquirer ends a process whose only listener for a signal is its own.
process.on("SIGUSR2", () => elsewhere.abort());
const io = { stdin, stdout, stderr, env, cwd: ".", now: () => new Date() };
const screen = {
  attach: () => Promise.resolve([]),
  pause: () => stdout.write("[paused]\n"),
  resume: () => stdout.write("[resumed]\n"),
};
const prompts = createPrompts(io, { color: "never", actor: ana, ...screen });
stdout.write(`${renderGate(asked, story.summary, stdout.columns - 1).join("\n")}\npid ${process.pid}\n`);
prompts.ask(asked, story.summary, elsewhere.signal).then(
  (decision) => stdout.write(`ANSWER ${JSON.stringify(decision ?? null)}\n`),
  (error: Error & { readonly code?: string; readonly hint?: string }) =>
    stdout.write(`ERROR ${error.name} ${error.code ?? ""} ${error.hint ?? ""}\n`),
);
