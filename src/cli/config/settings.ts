/**
 * What is configured: a flag wins, then the environment, then the project's configuration, then the user's. Whatever a
 * file settles is put into the environment where that says nothing, so that everybody else looks in one place.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { packageRunbookDirectories } from "../../loader/packages.ts";
import { RunbookError, messageOf } from "../../model/error.ts";
import type { Config } from "../../runbook/config.ts";
import { personalDirectory } from "../../system/account.ts";
import type { Io, Origins } from "../io.ts";

type ProcessEnvironment = Record<string, string | undefined>;

/** Every setting: its variable, how what a file says becomes the variable's text, and what counts when nobody says anything. */
export const settings = {
  runbooks: {
    variable: "RUNWRIGHT_RUNBOOKS",
    read: listOf(runbookSource),
    usual: "none besides `runbooks/`",
  },
  db: { variable: "RUNWRIGHT_DB", read: one, usual: "state.db" },
  terraform: { variable: "RUNWRIGHT_TERRAFORM", read: one, usual: "the one on PATH" },
  anchors: { variable: "RUNWRIGHT_ANCHORS", read: listOf(anchor), usual: "none besides the own" },
} as const satisfies Readonly<Record<keyof Config, unknown>>;

/** Fills the environment from the configuration files; `run` gives what a file exports that is a program. */
export async function configure(
  { env, cwd }: Pick<Io, "cwd"> & { readonly env: ProcessEnvironment },
  run: (file: string) => Promise<unknown>,
): Promise<Origins> {
  const origins: Record<string, string> = {};
  for (const file of [projectConfig(cwd), userConfig(env)]) {
    if (file === undefined || !existsSync(file)) continue;
    const config = file.endsWith(".json") ? parsed(file) : await run(file);
    for (const [variable, text] of Object.entries(read(config, file))) {
      if (env[variable] !== undefined) continue;
      env[variable] = text;
      origins[variable] = file;
    }
  }
  return origins;
}

/** The nearest configuration, from the working directory up to the root of the git repository; nothing else is anybody's project. */
export function projectConfig(cwd: string): string | undefined {
  const dirs: string[] = [];
  for (let dir = path.resolve(cwd); ; dir = path.dirname(dir)) {
    dirs.push(dir);
    if (existsSync(path.join(dir, ".git"))) break;
    if (dir === path.dirname(dir)) {
      dirs.length = 1;
      break;
    }
  }
  const files = dirs.flatMap((dir) =>
    ["ts", "mjs", "json"].map((end) => path.join(dir, `runwright.config.${end}`)),
  );
  return files.find((file) => existsSync(file));
}

function userConfig(env: ProcessEnvironment): string | undefined {
  const dir = personalDirectory("config", env);
  return dir === null ? undefined : path.join(dir, "config.json");
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw malformed(file, messageOf(cause), cause);
  }
}

function read(config: unknown, file: string): Readonly<Record<string, string>> {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw malformed(file, "it is no object of settings");
  const dir = path.dirname(file);
  return Object.fromEntries(
    Object.entries(config).map(([name, value]: [string, unknown]) => {
      const setting = Object.entries(settings).find(([known]) => known === name)?.[1];
      if (setting === undefined)
        throw malformed(
          file,
          `there is no setting \`${name}\` (there are: ${Object.keys(settings).join(", ")})`,
        );
      const text = setting.read(value, dir);
      if (text === undefined)
        throw malformed(
          file,
          `\`${name}\` is not ${setting.read === one ? "a path" : "a list of paths without `:`"}`,
        );
      return [setting.variable, text];
    }),
  );
}

function one(value: unknown, dir: string): string | undefined {
  return typeof value === "string" && value !== "" ? path.resolve(dir, value) : undefined;
}

function listOf(place: (text: string, dir: string) => string) {
  return (value: unknown, dir: string): string | undefined => {
    if (!Array.isArray(value)) return undefined;
    const places = value.map((text: unknown) =>
      typeof text === "string" && text !== "" ? place(text, dir) : ":",
    );
    return places.some((text) => text.includes(":")) ? undefined : places.join(":");
  };
}

function runbookSource(text: string, dir: string): string {
  if (!text.startsWith("npm:")) return path.resolve(dir, text);
  const places = packageRunbookDirectories(text.slice("npm:".length), dir);
  // What is not installed is told by `doctor`, and must not keep anybody from resuming a run.
  return places.find((place) => existsSync(place)) ?? places[0] ?? dir;
}

function anchor(text: string, dir: string): string {
  return text.startsWith("|") ? `|${path.resolve(dir, text.slice(1))}` : path.resolve(dir, text);
}

/** The error of a configuration that cannot be used. */
export function malformed(file: string, why: string, cause?: unknown): RunbookError {
  return new RunbookError("CONFIG_MALFORMED", `\`${file}\` cannot be used as the configuration: ${why}.`, {
    cause,
  });
}
