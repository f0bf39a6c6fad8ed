import { RunbookError } from "../../model/error.ts";
import { toJson, type JsonObject } from "../../model/json.ts";

/** `name=value` pairs; a value is JSON where it can be read as that. */
export function parseValues(pairs: readonly string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new RunbookError("USAGE", "`--value` takes `name=value`.");
      return [pair.slice(0, at), jsonOrText(pair.slice(at + 1))];
    }),
  );
}

/** What an interrupted step would have returned. */
export function parseOutput(text: string | undefined): JsonObject[string] {
  return text === undefined ? null : jsonOrText(text);
}

function jsonOrText(text: string): JsonObject[string] {
  try {
    return toJson(JSON.parse(text));
  } catch {
    return text;
  }
}
