/** A practice world with a directory, a database and an environment of its own, and engines to start and to end there. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import type { RunEvent } from "../../../src/model/event.ts";
import { temporary } from "../../support/terraform.ts";

export const cli = path.resolve("dist/cli/main.js");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Engine {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Where and how an engine is ended: see `failpoints.js`. */
export interface Failpoints {
  /** One of them at each place. */
  readonly signals: readonly NodeJS.Signals[];
  readonly when: "before" | "after" | "either" | "during";
  /** The file that remembers the places. */
  readonly seen: string;
  readonly at?: number;
  readonly seed?: number;
  readonly delay?: number;
  /** A pattern of the places that are meant. */
  readonly only?: string;
  /** Of those that do not match this pattern, only one in `oneIn`. */
  readonly always?: string;
  readonly oneIn?: number;
}

export interface LedgerEntry {
  readonly operation: string;
  readonly target: string;
}

export interface Place {
  readonly dir: string;
  readonly url: string;
  /** All of an engine's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The words after `runwright` that start the run, with `--auto`. */
  readonly words: readonly string[];
  readonly start: (words: readonly string[], failpoints?: Failpoints) => Engine;
  readonly ledger: () => Promise<readonly LedgerEntry[]>;
  readonly fault: (fault: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly events: () => readonly RunEvent[];
  readonly close: () => Promise<void>;
}

export interface Settings {
  readonly speed?: number;
  /** How long each resource takes the stand-in, in milliseconds. */
  readonly delay?: number;
  readonly terraform?: "real" | "stand-in";
  readonly env?: Readonly<Record<string, string>>;
}

export async function openPlace(settings: Settings = {}): Promise<Place> {
  const dir = temporary("e2e");
  const base = environment(dir, settings);
  const serve = ["--serve", "--json", "--speed", String(settings.speed ?? 200)];
  const terraform = ["--terraform", settings.terraform ?? "stand-in"];
  const server = spawn(process.execPath, [cli, "practice", ...serve, ...terraform], {
    cwd: dir,
    env: base,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const served = await firstLine(server);
  const env = { ...base, ...served.env };
  const engines: Engine[] = [];
  return {
    dir,
    url: served.url,
    env,
    words: served.run,
    start: (words, failpoints) => {
      const engine = startEngine(words, dir, { ...env, ...preload(failpoints) });
      engines.push(engine);
      return engine;
    },
    ledger: async () => {
      const answer = (await (await fetch(`${served.url}/_world/ledger`)).json()) as {
        readonly entries: readonly LedgerEntry[];
      };
      return answer.entries;
    },
    fault: async (fault) => {
      const body = JSON.stringify(fault);
      const answer = await fetch(`${served.url}/_world/faults`, { method: "POST", body });
      if (answer.status !== 201) throw new Error(await answer.text());
    },
    events: () => eventsIn(path.join(dir, "state.db")),
    close: async () => {
      // A test that failed may have left some.
      for (const { child } of engines)
        if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      server.kill("SIGTERM");
      if (server.exitCode === null) await once(server, "exit");
      if (process.env["RUNWRIGHT_KEEP"] === undefined)
        rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function environment(dir: string, { delay = 20, env = {} }: Settings): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: dir,
    XDG_STATE_HOME: path.join(dir, "state"),
    XDG_RUNTIME_DIR: dir,
    RUNWRIGHT_STAND_IN_DELAY_MS: String(delay),
    ...env,
  };
}

interface Served {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: readonly string[];
}

async function firstLine(server: ChildProcess): Promise<Served> {
  if (server.stdout === null) throw new Error("The server has no output.");
  const lines = createInterface({ input: server.stdout });
  const first = await Promise.race([once(lines, "line"), once(server, "exit").then(() => undefined)]);
  if (first === undefined) throw new Error("The practice world did not start.");
  return JSON.parse(String(first[0])) as Served;
}

function preload(failpoints: Failpoints | undefined): Record<string, string> {
  if (failpoints === undefined) return {};
  return {
    NODE_OPTIONS: `--import=${new URL("failpoints.js", import.meta.url).href}`,
    RUNWRIGHT_TEST_FAILPOINTS: JSON.stringify(failpoints),
  };
}

function startEngine(words: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Engine {
  // A group of its own, as from a shell, so that a signal to it can be tried.
  const child = spawn(process.execPath, [cli, ...words], {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.err += chunk.toString()));
  const ended = once(child, "close").then(([code, signal]): Ended => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...text,
  }));
  return { child, pid: child.pid ?? 0, ended };
}

/** All events of a database, through a connection of its own; none before an engine has made it. */
function eventsIn(file: string): readonly RunEvent[] {
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const isMade = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get() !== undefined;
    if (!isMade) return [];
    const rows = db.prepare<[], { readonly body: string; readonly data: string; readonly hash: string }>(
      "SELECT body, data, hash FROM events ORDER BY seq",
    );
    return rows.all().map(({ body, data, hash }) => ({
      ...(JSON.parse(body) as RunEvent),
      ...(JSON.parse(data) as RunEvent),
      hash,
    }));
  } finally {
    db.close();
  }
}
