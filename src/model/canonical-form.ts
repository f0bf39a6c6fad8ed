import { canonical } from "./json.ts";

/**
 * Whether a text is the RFC 8785 form of the value that was parsed from it. Sorted keys and whole numbers printed as
 * JSON prints them are all there is to it, which is quicker to see than to write anew; what does not look so is
 * written anew, because numbers as keys are put first by JSON and not by the RFC.
 */
export function isCanonical(text: string, value: unknown): boolean {
  try {
    return (isSorted(value, 0) && JSON.stringify(value) === text) || canonical(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

const deepest = 64;

function isSorted(value: unknown, depth: number): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth > deepest) return false;
  if (Array.isArray(value)) return value.every((item) => isSorted(item, depth + 1));
  let before = "";
  // Of what JSON.parse made, `in` finds no other keys, and it makes no list of them.
  for (const key in value) {
    const item: unknown = Reflect.get(value, key);
    if (key < before || !key.isWellFormed() || !isSorted(item, depth + 1)) return false;
    before = key;
  }
  return true;
}
