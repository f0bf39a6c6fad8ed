/**
 * What a runbook's text finds of Node when it is only looked at: modules that compute, in full, and all others by name,
 * with functions that refuse. A text that imports `node:fs` for its steps can so be read; one that uses it while it is
 * read cannot. This is the inner door: what holds against somebody who gets past it is process/confined.ts.
 */
import { builtinModules, createRequire } from "node:module";

/** They hand out no descriptor, no process and no module. */
const computing = new Set(
  [
    "assert",
    "assert/strict",
    "buffer",
    "crypto",
    "events",
    "path",
    "path/posix",
    "querystring",
    "stream",
    "stream/promises",
    "string_decoder",
    "timers",
    "timers/promises",
    "url",
    "util",
    "util/types",
  ].map((name) => `node:${name}`),
);

/** Gives the modules of Node as far as they only compute. Called before anything is taken away. */
export function harmlessModules(): (name: string) => unknown {
  const load = createRequire(import.meta.url);
  const given = new Map<string, unknown>();
  for (const name of builtinModules.map((one) => `node:${one}`)) {
    if (computing.has(name)) given.set(name, load(name));
    else if (name !== "node:process") given.set(name, refusing(load(name), name, 0));
  }
  return (name) => {
    if (name === "node:process") return globalThis.process;
    const found = given.get(name);
    if (found === undefined) throw new Error(`there is no \`${name}\` while a record is looked at`);
    return found;
  };
}

/** The same names, with functions that refuse; what is neither text nor number nor inside of it is left out. */
function refusing(value: unknown, name: string, depth: number): unknown {
  const isFunction = typeof value === "function";
  if (!isFunction && (typeof value !== "object" || value === null)) return value;
  // Some modules are functions with others on them.
  const inside = depth === (isFunction ? 1 : 2) ? [] : Object.keys(value);
  const parts = Object.fromEntries(
    inside.map((key) => [key, refusing(read(value, key), `${name}.${key}`, depth + 1)]),
  );
  if (!isFunction) return parts;
  return Object.assign(function refused(): never {
    throw new Error(`\`${name}\` is not there while a record is looked at`);
  }, parts);
}

/** Some are made when they are asked for, which may fail. */
function read(value: object, key: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[key];
  } catch {
    return undefined;
  }
}

function nothing(): void {}

/** Takes the process, the console and the network from whatever runs here from now on. */
export function takePowers(): void {
  const { platform, arch, version, versions } = process;
  const harmless = {
    platform,
    arch,
    version,
    versions,
    env: {},
    argv: [],
    execArgv: [],
    cwd: () => "/",
    emitWarning: nothing,
    on: nothing,
    once: nothing,
    off: nothing,
    nextTick: (work: (...args: readonly unknown[]) => void, ...args: readonly unknown[]) =>
      queueMicrotask(() => work(...args)),
    hrtime: Object.assign(() => [0, 0], { bigint: () => 0n }),
  };
  const silent = Object.fromEntries(Object.keys(console).map((name) => [name, nothing]));
  const gone = ["fetch", "WebSocket", "EventSource", "navigator", "Worker"];
  for (const [name, value] of [
    ["process", harmless],
    ["console", silent],
    ...gone.map((one) => [one, undefined] as const),
  ] as const)
    Object.defineProperty(globalThis, name, { value, configurable: false, writable: false });
}
