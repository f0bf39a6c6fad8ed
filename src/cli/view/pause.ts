import type { Gate } from "../../model/event.ts";
import { roleOfTimer } from "../../model/state-ids.ts";
import type { RunSummary } from "../../model/summary.ts";
import { visibleLine } from "../../redact/visible.ts";
import type { Globals, Io } from "../io.ts";
import { labelOf } from "./names.ts";
import { objectsOf, textOf } from "../../model/json-read.ts";
import { utcText } from "../../model/time-text.ts";

/** What is printed when a run stops where only a person or time can go on: exactly what to type. Empty when it does not. */
export function pauseLines(summary: RunSummary): string[] {
  const { run, gates } = summary;
  if (gates.length === 0 && summary.timers.length === 0) return [];
  const root = summary.start.parent?.run ?? run;
  return [
    ...gates.flatMap((gate) => [
      `runwright: ${run} paused at ${labelOf(summary, gate.step)} (${needs[gate.kind]})`,
      ...commandsOf(run, gate).map(([label, command]) => line(label, command)),
      ...(gate.shown["evidence"] === true
        ? [line("files:", "add --evidence FILE for each file that shows it")]
        : []),
    ]),
    ...(gates.length > 0 ? [] : [restLine(summary)]),
    line("watch:", `runwright status ${run}`),
    line("resume:", `runwright resume ${root}`),
  ];
}

const needs: Readonly<Record<Gate["kind"], string>> = {
  approval: "needs a human decision",
  choice: "needs a human decision",
  input: "needs values from a person",
  inDoubt: "a person must say what became of it",
};

/** The commands that answer a gate from another terminal. */
export function commandsOf(run: string, gate: Gate): readonly (readonly [string, string])[] {
  const name = quote(visibleLine(gate.gate));
  const sha = `--sha ${gate.digest.slice(0, 8)}`;
  if (gate.kind === "approval") {
    return [
      ["approve:", `runwright approve ${run} ${name} ${sha} --reason "..."`],
      ["reject:", `runwright reject ${run} ${name} ${sha} --reason "..."`],
    ];
  }
  if (gate.kind === "input") {
    const names = objectsOf(gate.shown["fields"]).map((field) => quote(visibleLine(textOf(field["name"]))));
    const values = names.map((field) => ` --value ${field}=...`).join("");
    return [["answer:", `runwright decide ${run} ${name} ${sha}${values}`]];
  }
  return gate.options
    .filter(({ disabled }) => disabled === null)
    .map(({ id, reasonNeeded }) => [
      `${visibleLine(id)}:`,
      `runwright decide ${run} ${name} ${quote(visibleLine(id))} ${sha}${reasonNeeded ? ' --reason "..."' : ""}`,
    ]);
}

function restLine(summary: RunSummary): string {
  const [next] = summary.timers.toSorted((a, b) => a.due.localeCompare(b.due));
  if (next === undefined) return "";
  const until = `${utcText(next.due)} UTC`;
  return `runwright: ${summary.run} waits at ${labelOf(summary, roleOfTimer(next).state)} until ${until}`;
}

function line(label: string, command: string): string {
  return `  ${label.padEnd(9)} ${command}`;
}

/** Makes commands that are to be typed name the database, where that is one that only a flag named. */
export function inDatabase({ db }: Pick<Globals, "db">, { env }: Pick<Io, "env">): (text: string) => string {
  if (db === (env["RUNWRIGHT_DB"] ?? "state.db")) return (text) => text;
  return (text) => text.replaceAll(/\brunwright ([a-z-]+)/g, (command) => `${command} --db ${quote(db)}`);
}

/** A word as a POSIX shell reads it back. */
export function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
