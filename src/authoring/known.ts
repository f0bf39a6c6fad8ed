/** Where a value of a recorded run came from: what was an input then is an input in the draft, too. */
import type { Json, JsonObject } from "../model/json.ts";

/** A value that the run had, and the words that stand for it in the draft. */
export interface Known {
  readonly value: string;
  readonly words: string;
}

/** Shorter texts and numbers are equal by chance. */
const shortest = 4;
/** A word of a sentence is no value. */
const shortestInside = 8;

/** The values of the run's input, as `input.name`. */
export function knownInputs(input: JsonObject): readonly Known[] {
  return Object.entries(input).flatMap(([name, value]) => known(value, `input.${name}`));
}

/** The values in an output, as `get(kind, "state").name`; what is in lists has no name. */
export function knownOutputs(output: Json, words: string): readonly Known[] {
  if (!isJsonObject(output)) return [];
  return Object.entries(output).flatMap(([name, value]) => {
    const own = isWord(name) ? `${words}.${name}` : `${words}[${JSON.stringify(name)}]`;
    return [...known(value, own), ...(isJsonObject(value) ? knownOutputs(value, own) : [])];
  });
}

function known(value: Json, words: string): readonly Known[] {
  const text = JSON.stringify(value);
  const isTelling = isJsonObject(value)
    ? Object.keys(value).length > 0
    : typeof value !== "boolean" && value !== null && text.length >= shortest;
  return isTelling ? [{ value: text, words }] : [];
}

/** A value as it is written in the draft: by the words that stand for it, or as it was; of equal ones, by that of its name. */
export function written(value: Json, all: readonly Known[], name = ""): string {
  const text = JSON.stringify(value);
  const equal = all.filter((one) => one.value === text);
  const found = equal.find(({ words }) => words.endsWith(`.${name}`)) ?? equal[0];
  if (found !== undefined) return found.words;
  if (typeof value === "string") return writtenText(value, all);
  if (Array.isArray(value)) return `[${value.map((item) => written(item, all)).join(", ")}]`;
  if (!isJsonObject(value)) return text;
  const fields = Object.entries(value).map(
    ([key, inner]) => `${isWord(key) ? key : JSON.stringify(key)}: ${written(inner, all, key)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

/** Within a text, too: a gate that goes on showing what the past run saw would have something else approved. */
function writtenText(text: string, all: readonly Known[]): string {
  const parts = split(text, all);
  if (parts.every((part) => typeof part === "string")) return JSON.stringify(text);
  const inner = parts.map((part) =>
    typeof part === "string" ? part.replaceAll(/[`\\]|\$(?=\{)/g, "\\$&") : `\${${part.words}}`,
  );
  return `\`${inner.join("")}\``;
}

function split(text: string, all: readonly Known[]): readonly (string | Known)[] {
  const inside = all.map((one) => ({ one, own: textOf(one) }));
  const fitting = inside.filter(({ own }) => own.length >= shortestInside && text.includes(own));
  const [longest] = fitting.toSorted((a, b) => b.own.length - a.own.length);
  if (longest === undefined) return text === "" ? [] : [text];
  const at = text.indexOf(longest.own);
  const rest = text.slice(at + longest.own.length);
  return [...split(text.slice(0, at), all), longest.one, ...split(rest, all)];
}

function textOf({ value }: Known): string {
  return value.startsWith('"') ? (JSON.parse(value) as string) : "";
}

function isWord(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

function isJsonObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
