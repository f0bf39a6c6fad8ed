/** Where a value of a recorded run came from: what was an input then is an input in the draft, too. */
import type { Json, JsonObject } from "../model/json.ts";

/** A value that the run had, and the words that stand for it in the draft. */
export interface Known {
  readonly value: string;
  readonly words: string;
}

/** Shorter texts and numbers are equal by chance. */
const shortest = 4;

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

/** A value as it is written in the draft: by the words that stand for it, or as it was. */
export function written(value: Json, all: readonly Known[]): string {
  const text = JSON.stringify(value);
  const found = all.find((one) => one.value === text);
  if (found !== undefined) return found.words;
  if (Array.isArray(value)) return `[${value.map((item) => written(item, all)).join(", ")}]`;
  if (!isJsonObject(value)) return text;
  const fields = Object.entries(value).map(
    ([name, inner]) => `${isWord(name) ? name : JSON.stringify(name)}: ${written(inner, all)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

function isWord(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

function isJsonObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
