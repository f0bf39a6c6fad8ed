import type { Attributes } from "./config.ts";

/** Stands for a value that only the apply will know. */
export const unknown = Symbol("known after apply");

/** Looks up one attribute: `unknown` while it is to be computed, undefined when there is none. */
export type Scope = (address: string, attribute: string) => unknown;

const reference = /\$\{([a-z0-9_]+\.[a-z0-9_]+)\.([a-z0-9_]+)\}/g;

/** The addresses that a value of `stand-in.json` refers to. */
export function referencesIn(value: unknown): readonly string[] {
  return [...JSON.stringify(value).matchAll(reference)].map((match) => match[1] ?? "");
}

/** The value with its references replaced, or `unknown` when one of them is. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value === "string") return resolveText(value, scope);
  if (Array.isArray(value)) {
    const items = value.map((item) => resolve(item, scope));
    return items.includes(unknown) ? unknown : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, scope)] as const);
  if (entries.some(([, item]) => item === unknown)) return unknown;
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === "jsonencode") return JSON.stringify(sorted(only[1]));
  return Object.fromEntries(entries);
}

function resolveText(text: string, scope: Scope): unknown {
  let isUnknown = false;
  const resolved = text.replace(reference, (_, address: string, attribute: string) => {
    const value = scope(address, attribute);
    if (value === unknown || value === undefined) isUnknown = true;
    return typeof value === "string" ? value : JSON.stringify(value);
  });
  return isUnknown ? unknown : resolved;
}

/** Object keys in order and nulls left out, as terraform and the provider write JSON into an attribute. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** Whether what exists is what is wanted; attributes that the configuration leaves open do not count. */
export function agrees(wanted: unknown, actual: unknown): boolean {
  if (wanted === unknown) return false;
  if (isEmpty(wanted)) return isEmpty(actual);
  if (Array.isArray(wanted)) return Array.isArray(actual) && agreesList(wanted, actual);
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof actual !== "object" || actual === null) return false;
    const members = new Map<string, unknown>(Object.entries(actual));
    return Object.entries(wanted).every(([key, item]) => agrees(item, members.get(key)));
  }
  return (
    wanted === actual ||
    (isJsonText(wanted) && isJsonText(actual) && agrees(JSON.parse(wanted), JSON.parse(actual)))
  );
}

/** Lists of plain values are sets in the fixture. */
function agreesList(wanted: readonly unknown[], actual: readonly unknown[]): boolean {
  if (wanted.length !== actual.length) return false;
  const [left, right] = wanted.every((item) => typeof item === "string")
    ? [wanted.toSorted(byText), actual.toSorted(byText)]
    : [wanted, actual];
  return left.every((item, index) => agrees(item, right[index]));
}

function byText(a: unknown, b: unknown): number {
  if (a === b) return 0;
  return String(a) < String(b) ? -1 : 1;
}

function isJsonText(value: unknown): value is string {
  return typeof value === "string" && /^[[{]/.test(value);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The names of the attributes in which two instances differ. */
export function differences(before: Attributes, after: Attributes): readonly string[] {
  return Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(sorted(before[name] ?? null)) !== JSON.stringify(sorted(after[name] ?? null)),
  );
}
