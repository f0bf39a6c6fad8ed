/**
 * A value that is not known before the run: it goes through a runbook's functions as if it were there, and reads as
 * what it will be, such as `‹plan.file›`. So a mapper that was written for outputs tells where each part of an input
 * comes from.
 */
export function unknown(label: string): unknown {
  const text = `‹${label}›`;
  const own: Readonly<Record<PropertyKey, unknown>> = {
    [Symbol.toPrimitive]: () => text,
    toString: () => text,
    toJSON: () => text,
    // A list of what is not known is shown by one of its items.
    [Symbol.iterator]: () => [unknown(label)][Symbol.iterator](),
    map: (each: (item: unknown) => unknown) => [each(unknown(label))],
    flatMap: (each: (item: unknown) => unknown) => [each(unknown(label))].flat(),
  };
  return new Proxy(() => {}, {
    get: (_, name) => (name in own ? own[name] : isUnknown(name) ? unknown(`${label}.${name}`) : undefined),
    // What a method makes of it is as little known: a part of a text, the one item that fits.
    apply: () => unknown(label.replace(/\.\w+$/, "")),
  });
}

/** What has a `then` is taken for a promise, and would be waited for. */
function isUnknown(name: string | symbol): name is string {
  return typeof name === "string" && name !== "then";
}

/** A value with everything unknown in it as its text. */
export function asText(value: unknown): unknown {
  if (typeof value === "function") return String(value);
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asText(inner)]));
}
