import { existsSync } from "node:fs";
import { cacheDirectory, isPrivate } from "../../loader/cache.ts";
import { runbookDirectories } from "../../loader/load.ts";
import type { Globals, Io } from "../io.ts";
import { settings } from "../config/settings.ts";
import { fail, ok, unknown, type DoctorFinding } from "./finding.ts";

/** Every setting as it is in force, and where it came from. */
export function settingFindings(globals: Globals, io: Io): readonly DoctorFinding[] {
  const all = Object.entries(settings).map(([name, { variable, usual }]) => {
    const isFlag = name === "db" && globals.db !== (io.env[variable] ?? usual);
    const value = isFlag ? globals.db : (io.env[variable] ?? usual);
    return ok(`setting ${name}`, `${value}, from ${isFlag ? "--db" : originOf(variable, io)}`);
  });
  return [...all, ...missingShelves(io), cache(io)];
}

/** What settled a variable: a configuration file, the environment, or nobody. */
export function originOf(variable: string, { env, origins }: Pick<Io, "env" | "origins">): string {
  return origins?.[variable] ?? (env[variable] === undefined ? "the default" : variable);
}

function missingShelves(io: Io): readonly DoctorFinding[] {
  const [own, ...others] = runbookDirectories(io);
  return others
    .filter((directory) => directory !== own && !existsSync(directory))
    .map((directory) =>
      fail(
        "runbooks",
        `${directory} is not there`,
        `Make it, install the package, or correct RUNWRIGHT_RUNBOOKS or the file.`,
      ),
    );
}

function cache({ env }: Io): DoctorFinding {
  const dir = cacheDirectory(env);
  if (dir === null)
    return unknown(
      "runbook cache",
      "there is no home directory to keep it in, so runbooks load slower",
      "Set HOME or XDG_CACHE_HOME.",
    );
  if (!existsSync(dir) || isPrivate(dir)) return ok("runbook cache", dir);
  const why = `${dir} is not this user's alone, so it is not used and runbooks load slower`;
  return unknown("runbook cache", why, `Remove it, or: chmod 700 ${dir}`);
}
