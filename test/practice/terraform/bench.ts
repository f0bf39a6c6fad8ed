import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { incident, seedWorld } from "../../../src/practice/world/seed.ts";
import { incidentTroubles, type Trouble } from "../../../src/practice/world/troubles.ts";
import { startWorld, type RunningWorld } from "../../../src/practice/world/server.ts";
import { standIn, temporary, type RealTerraform } from "../../support/terraform.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** The lines of a `-json` stream. */
  readonly lines: readonly Line[];
}

export interface Line {
  readonly type: string;
  readonly "@message": string;
  readonly [member: string]: unknown;
}

export interface Bench {
  readonly world: RunningWorld;
  readonly dir: string;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
  /** Starts a command and calls `onLine` with every line of its stream as it comes. */
  readonly start: (
    args: readonly string[],
    onLine: (line: Line, child: ChildProcess) => void,
    env?: Readonly<Record<string, string>>,
  ) => Promise<Ended>;
  readonly operations: () => readonly string[];
  /** An object of the world's S3, as text. */
  readonly object: (key: string) => Promise<string | undefined>;
  readonly fault: (fault: Readonly<Record<string, unknown>>) => void;
}

/** A world with the incident in it, a copy of its terraform files, and a terraform to run there. */
export async function bench({
  locked = false,
  wrong = incidentTroubles.filter((trouble) => locked || trouble !== "state-locked"),
  real,
}: {
  readonly locked?: boolean;
  /** In place of the incident's troubles. */
  readonly wrong?: readonly Trouble[];
  readonly real?: RealTerraform;
}): Promise<Bench> {
  const world = await startWorld({ speed: 1000, seed: (parts) => seedWorld(parts, wrong) });
  const dir = temporary("configuration");
  for (const file of readdirSync("practice/terraform")) {
    if (/\.(tf|json)$/.test(file)) cpSync(path.join("practice/terraform", file), path.join(dir, file));
  }
  const file = real?.file ?? (await standIn());
  const start: Bench["start"] = async (args, onLine, env = {}) => {
    const child = spawn(file, args, {
      cwd: dir,
      env: { ...environment(world.url), ...real?.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return collect(child, onLine);
  };
  return {
    world,
    dir,
    start,
    run: (args, env) => start(args, () => {}, env),
    operations: () => world.world.ledger.entries().map(({ operation }) => operation),
    object: async (key) => objectIn(world, key),
    fault: (fault) => void world.parts.faults.add(fault),
  };
}

function environment(url: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "practice",
    AWS_SECRET_ACCESS_KEY: "practice",
    AWS_REGION: incident.region,
    AWS_EC2_METADATA_DISABLED: "true",
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    RUNWRIGHT_STAND_IN_DELAY_MS: "0",
  };
}

async function collect(
  child: ChildProcess,
  onLine: (line: Line, child: ChildProcess) => void,
): Promise<Ended> {
  let [out, err] = ["", ""];
  const lines: Line[] = [];
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  if (child.stdout) {
    createInterface({ input: child.stdout }).on("line", (text) => {
      out += `${text}\n`;
      if (!text.startsWith('{"@level"')) return;
      const line = JSON.parse(text) as Line;
      lines.push(line);
      onLine(line, child);
    });
  }
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, out, err, lines };
}

async function objectIn({ url }: RunningWorld, key: string): Promise<string | undefined> {
  const authorization = "AWS4-HMAC-SHA256 Credential=practice/20260101/us-east-1/s3/aws4_request";
  const response = await fetch(`${url}/${incident.terraform.bucket}/${key}`, { headers: { authorization } });
  return response.ok ? response.text() : undefined;
}

/** The messages of the lines of these types, without how long things took. */
export function messages({ lines }: Ended, ...types: readonly string[]): readonly string[] {
  return lines
    .filter(({ type }) => types.includes(type))
    .map((line) => line["@message"].replace(/ after \d+s/, ""));
}

/** Lines that the real terraform once printed, ids and times taken out. */
export function recorded(name: string): readonly Line[] {
  const file = `test/fixtures/terraform/stand-in/${name}.jsonl`;
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}
