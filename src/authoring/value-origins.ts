/** Where a value of a recorded run came from: what was an input then is an input in the draft, too. */
import { isObject } from "../model/json-read.ts";
import type { Json, JsonObject } from "../model/json.ts";

/** A value that the run had, and the words that stand for it in the draft. */
export interface ValueOrigin {
  readonly value: string;
  readonly expression: string;
}

/** Shorter texts and numbers are equal by chance. */
const shortest = 4;
/** A word of a sentence is no value. */
const shortestInside = 8;

/** The values of the run's input, as `input.name`. */
export function inputOrigins(input: JsonObject): readonly ValueOrigin[] {
  return Object.entries(input).flatMap(([name, value]) => originOf(value, `input.${name}`));
}

/** The values in an output, as `get(kind, "state").name`; what is in lists has no name. */
export function outputOrigins(output: Json, expression: string): readonly ValueOrigin[] {
  if (!isObject(output)) return [];
  return Object.entries(output).flatMap(([name, value]) => {
    const own = isWord(name) ? `${expression}.${name}` : `${expression}[${JSON.stringify(name)}]`;
    return [...originOf(value, own), ...(isObject(value) ? outputOrigins(value, own) : [])];
  });
}

function originOf(value: Json, expression: string): readonly ValueOrigin[] {
  const text = JSON.stringify(value);
  const isTelling = isObject(value)
    ? Object.keys(value).length > 0
    : typeof value !== "boolean" && value !== null && text.length >= shortest;
  return isTelling ? [{ value: text, expression }] : [];
}

/** A value as it is written in the draft: by the words that stand for it, or as it was; of equal ones, by that of its name. */
export function sourceText(value: Json, origins: readonly ValueOrigin[], name = ""): string {
  const text = JSON.stringify(value);
  const equal = origins.filter((one) => one.value === text);
  const found = equal.find(({ expression }) => expression.endsWith(`.${name}`)) ?? equal[0];
  if (found !== undefined) return found.expression;
  if (typeof value === "string") return sourceString(value, origins);
  if (Array.isArray(value)) return `[${value.map((item) => sourceText(item, origins)).join(", ")}]`;
  if (!isObject(value)) return text;
  const fields = Object.entries(value).map(
    ([key, inner]) => `${isWord(key) ? key : JSON.stringify(key)}: ${sourceText(inner, origins, key)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

/** Within a text, too: a gate that goes on showing what the past run saw would have something else approved. */
function sourceString(text: string, origins: readonly ValueOrigin[]): string {
  const parts = split(text, origins);
  if (parts.every((part) => typeof part === "string")) return JSON.stringify(text);
  const inner = parts.map((part) =>
    typeof part === "string" ? part.replaceAll(/[`\\]|\$(?=\{)/g, "\\$&") : `\${${part.expression}}`,
  );
  return `\`${inner.join("")}\``;
}

function split(text: string, origins: readonly ValueOrigin[]): readonly (string | ValueOrigin)[] {
  const inside = origins.map((one) => ({ one, own: textOf(one) }));
  const fitting = inside.filter(({ own }) => own.length >= shortestInside && text.includes(own));
  const [longest] = fitting.toSorted((a, b) => b.own.length - a.own.length);
  if (longest === undefined) return text === "" ? [] : [text];
  const at = text.indexOf(longest.own);
  const rest = text.slice(at + longest.own.length);
  return [...split(text.slice(0, at), origins), longest.one, ...split(rest, origins)];
}

function textOf({ value }: ValueOrigin): string {
  return value.startsWith('"') ? (JSON.parse(value) as string) : "";
}

function isWord(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}
