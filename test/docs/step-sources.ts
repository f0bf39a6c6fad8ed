/** What a step kind's source can do: read from its file and from what that imports, so that its page can be held to it. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { AnyStep } from "../../src/model/step.ts";
import { root } from "./pages.ts";

const folder = path.join(root, "src", "steps");

/** The text of the step's own file. */
export function ownSource({ kind }: AnyStep): string {
  return readFileSync(fileOf(kind), "utf8");
}

/** The texts of the step's file and of everything in `src/steps` that it imports, directly or not. */
export function wholeSource({ kind }: AnyStep): string {
  const texts = new Map<string, string>();
  const open = [fileOf(kind)];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (texts.has(file) || !existsSync(file)) continue;
    const text = readFileSync(file, "utf8");
    texts.set(file, text);
    open.push(...importsOf(file, text));
  }
  return [...texts.values()].join("\n");
}

function fileOf(kind: string): string {
  return path.join(folder, `${kind.replace(".", "-")}.ts`);
}

function importsOf(file: string, text: string): readonly string[] {
  const values = [...text.matchAll(/^import (?!type )[^;]*? from "(\.[^"]+)";$/gm)];
  return values
    .map(([, name = ""]) => path.resolve(path.dirname(file), name))
    .filter((imported) => imported.startsWith(folder));
}

/** Codes that a text throws by name. */
export function codesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/RunbookError\(\s*"([A-Z_]+)"/g)].map(([, code = ""]) => code))];
}

/** Names of evidence that a text stores, where they are written out. */
export function evidenceIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\bevidence\(\s*"([^"]+)"/g)].map(([, name = ""]) => name))];
}

/** The AWS operations that a text calls. */
export function callsIn(text: string): readonly string[] {
  const verbs = "describe|list|update|get|filter|put|create|delete|register";
  const calls = [...text.matchAll(new RegExp(`\\.((?:${verbs})[A-Z]\\w+)\\(`, "g"))].filter(
    ([, name]) => name !== "getTime",
  );
  return [...new Set(calls.map(([, name = ""]) => `${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`))];
}
