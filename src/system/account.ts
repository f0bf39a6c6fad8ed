import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { RunbookError } from "../model/error.ts";

/** The account that this process runs as, by the word of the operating system. */
export interface Account {
  readonly uid: number;
  /** Its name, or `uid 12345` where it has none, as in many containers. */
  readonly name: string;
}

/** Variables as the process has them: settings, credentials, and the secrets that inputs refer to. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whose process this is. No variable of the environment changes the answer. */
export function whoAmI(): Account {
  const known = passwordEntry();
  if (known !== undefined) return { uid: known.uid, name: known.username };
  const uid = process.geteuid?.() ?? -1;
  return { uid, name: `uid ${uid}` };
}

/**
 * Whose hands are on the keyboard, by the word of the kernel: who logged in, where it keeps that (`loginuid`; no `sudo`
 * or `su` changes it), else the real user of this process. No variable that names a user changes the answer; one that makes
 * this program load other code can (`LD_PRELOAD`, `NODE_OPTIONS`).
 */
export function whoIsHere(): Account {
  const uid = loginUid() ?? process.getuid?.() ?? whoAmI().uid;
  const own = passwordEntry();
  return { uid, name: own?.uid === uid ? own.username : nameOf(uid) };
}

/** Null where nobody logged in (a service, a container), or the kernel does not keep it. */
function loginUid(): number | null {
  try {
    const text = readFileSync("/proc/self/loginuid", "utf8").trim();
    return /^\d+$/.test(text) && text !== "4294967295" ? Number(text) : null;
  } catch {
    return null;
  }
}

/** The name of any account; the program is asked at its own path, and without an environment that could lead it astray. */
function nameOf(uid: number): string {
  const { status, stdout } = spawnSync("/usr/bin/id", ["-nu", "--", String(uid)], {
    env: {},
    encoding: "utf8",
  });
  const name = status === 0 ? stdout.trim() : "";
  return name === "" ? `uid ${uid}` : name;
}

/** The home directory: `HOME`, else that of the account; null where there is neither. */
export function home(env: Environment): string | null {
  return present(env["HOME"]) ?? present(passwordEntry()?.homedir) ?? null;
}

const kinds = {
  config: { variable: "XDG_CONFIG_HOME", usual: ".config" },
  cache: { variable: "XDG_CACHE_HOME", usual: ".cache" },
  state: { variable: "XDG_STATE_HOME", usual: ".local/state" },
} as const;

/** Where this person's files of one kind are; null where neither a variable nor a home says so. */
export function personalDirectory(kind: keyof typeof kinds, env: Environment): string | null {
  const { variable, usual } = kinds[kind];
  const own = home(env);
  const base = present(env[variable]) ?? (own === null ? null : path.join(own, usual));
  return base === null ? null : path.join(base, "runwright");
}

/** The same, where nothing goes on without one: throws `HOME_MISSING`, saying what it is needed for. */
export function requireDirectory(kind: keyof typeof kinds, env: Environment, what: string): string {
  const found = personalDirectory(kind, env);
  if (found !== null) return found;
  const { variable } = kinds[kind];
  throw new RunbookError(
    "HOME_MISSING",
    `There is no place for ${what}: \`${whoAmI().name}\` has no home directory, and neither \`HOME\` nor \`${variable}\` names one.`,
  );
}

/**
 * Where there is no home, lets the AWS SDK find none instead of failing: it would ask the system for one, which throws,
 * and reads this variable before.
 */
export function spareSdkTheHome(env: Record<string, string | undefined>): void {
  if (home(env) === null) env["USERPROFILE"] ??= "/nonexistent";
}

/** Undefined for an account that only has a number. */
function passwordEntry(): os.UserInfo<string> | undefined {
  try {
    return os.userInfo();
  } catch {
    return undefined;
  }
}

/** A variable that is set to nothing names nothing. */
function present(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
