#!/usr/bin/env node
/**
 * The way in. `status` and `list` are asked for most often, by people and by scripts in a loop, so they start without the
 * parser of the other commands and as one CommonJS file: loading modules is most of what a short command costs
 * (bench/start.ts, bench/list.ts).
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { list } from "../commands/list.ts";
import { status } from "../commands/status.ts";
import { enter } from "./process.ts";
import type { Globals, Io } from "../io.ts";
import { projectConfig } from "../config/settings.ts";

type QuickCommand = (globals: Globals, io: Io) => Promise<number>;

const common = { db: { type: "string" }, json: { type: "boolean", default: false } } as const;
// A configuration that is a program is loaded with what this file does without.
const isProgram = /\.(?:ts|mjs)$/.test(projectConfig(process.cwd()) ?? "");
const work = isProgram ? undefined : readQuick(process.argv.slice(2));
if (work === undefined) {
  // An engine waits for days, so it keeps to small new spaces: with small code, that saves 30 MB (bench/share.ts). It
  // has to be said before more is loaded.
  setFlagsFromString("--max-semi-space-size=4");
  setFlagsFromString("--optimize-for-size");
  void import("./main.ts");
} else void enter(work, (file) => Promise.reject(new Error(`${file} came up just now.`)));

/** A plain `status` or `list`, or undefined: then the parser that knows every flag and error takes over. */
function readQuick([command, ...args]: readonly string[]): ((io: Io) => Promise<number>) | undefined {
  try {
    if (command === "status") return readStatus(args);
    return command === "list" ? readList(args) : undefined;
  } catch {
    return undefined;
  }
}

function readStatus(args: readonly string[]): ReturnType<typeof readQuick> {
  const { values, positionals } = parseArgs({ args: [...args], options: common, allowPositionals: true });
  const [run, ...rest] = positionals;
  return rest.length > 0 ? undefined : withGlobals(values, (globals, io) => status({ run }, globals, io));
}

function readList(args: readonly string[]): ReturnType<typeof readQuick> {
  const limited = { limit: { type: "string", default: "20" }, before: { type: "string" } } as const;
  const options = { ...common, ...limited, all: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const { all, before = null } = values;
  const limit = Number(values.limit);
  if (!Number.isSafeInteger(limit) || limit < 1) return undefined;
  return withGlobals(values, (globals, io) => list({ all, limit, before }, globals, io));
}

function withGlobals(
  { db, json }: { readonly db?: string; readonly json: boolean },
  quick: QuickCommand,
): (io: Io) => Promise<number> {
  return (io) => {
    const file = db ?? io.env["RUNWRIGHT_DB"] ?? "state.db";
    return quick({ db: file, json, color: "auto", debug: false }, io);
  };
}
