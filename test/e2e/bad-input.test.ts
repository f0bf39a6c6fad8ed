import { createHash } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/model/event.ts";
import { type Around, runwright, type Said } from "./support/command-line.ts";
import { openPlace, type Place } from "./support/place.ts";
import { writeSmallRunbooks } from "./support/small-runbooks.ts";

let place: Place;
/** The words that start the incident's run, with nobody to answer. */
let words: readonly string[];
/** A run that waits at an approval, and the digest that it shows. */
let waiting: { readonly run: string; readonly sha: string };
/** Runs that are over, and that wait at an expired approval and at a choice. */
const other = { ended: "", expired: { run: "", sha: "" }, choosing: { run: "", sha: "" } };
/** What was there before the first refusal. */
let before: { readonly events: readonly RunEvent[]; readonly digests: readonly string[] };

beforeAll(async () => {
  place = await openPlace();
  words = place.words.filter((word) => word !== "--auto");
  writeSmallRunbooks(place.dir);
  writeFiles();
  const [first, brief, choosing, ended] = await Promise.all([
    pausedAt("go"),
    pausedAt("go", "--input", "expires=1s"),
    pausedAt("go"),
    pausedAt("go"),
  ]);
  waiting = first;
  other.expired = brief;
  await answer(choosing, "approve");
  await runwright(place, ["resume", choosing.run]);
  other.choosing = { run: choosing.run, sha: digestAt(choosing.run, "how") };
  await answer(ended, "reject");
  await runwright(place, ["resume", ended.run]);
  other.ended = ended.run;
  before = { events: place.events(), digests: digests() };
});
afterAll(() => place.close());

interface Row {
  readonly title: string;
  readonly words: () => readonly string[];
  readonly around?: Around | (() => Around);
  readonly exit: number;
  readonly code: string;
  /** What the person must be told. */
  readonly says: readonly (string | RegExp)[];
}

const incident =
  (...more: readonly string[]) =>
  () => [...words, ...more];
const plain =
  (...all: readonly string[]) =>
  () =>
    all;
const input = (pair: string) => incident("--input", pair);
const without = (name: string) => (): readonly string[] =>
  words.filter((word, index) => !word.startsWith(`${name}=`) && !words[index + 1]?.startsWith(`${name}=`));
const terraform = (file: string) => (): Around => ({
  env: { RUNWRIGHT_TERRAFORM: path.join(place.dir, file) },
});

const rows: readonly Row[] = [
  // runbooks
  {
    title: "an unknown runbook",
    words: plain("run", "nosuch"),
    exit: 2,
    code: "RUNBOOK_UNKNOWN",
    says: ["nosuch", "missing-secret", "runwright list --runbooks"],
  },
  {
    title: "a runbook file that is not there",
    words: plain("run", "./nosuch.ts"),
    exit: 2,
    code: "RUNBOOK_UNKNOWN",
    says: ["nosuch.ts"],
  },
  {
    title: "a runbook with a syntax error",
    words: plain("run", "broken/syntax.ts"),
    exit: 2,
    code: "RUNBOOK_BROKEN",
    says: ["syntax.ts", /1:\d+/, "Mend the runbook"],
  },
  {
    title: "a file that exports no runbook",
    words: plain("run", "broken/export.ts"),
    exit: 2,
    code: "RUNBOOK_BROKEN",
    says: ["exports no runbook"],
  },
  {
    title: "a runbook that imports what is not there",
    words: plain("run", "broken/import.ts"),
    exit: 2,
    code: "RUNBOOK_BROKEN",
    says: ["lodash"],
  },
  {
    title: "a runbook that throws when it is read",
    words: plain("run", "broken/throws.ts"),
    exit: 2,
    code: "RUNBOOK_BROKEN",
    says: ["boom at load"],
  },
  // inputs
  {
    title: "a missing input",
    words: without("logGroup"),
    exit: 2,
    code: "INPUT_MISSING",
    says: ["`logGroup`", "--input logGroup=..."],
  },
  {
    title: "all inputs missing",
    words: plain("run", "missing-secret"),
    exit: 2,
    code: "INPUT_MISSING",
    says: ["--input dir=...", "--input apiKey=..."],
  },
  {
    title: "a number that is none",
    words: input("redisPort=abc"),
    exit: 2,
    code: "INPUT_MALFORMED",
    says: ["`redisPort`", "expected number"],
  },
  {
    title: "a list that is none",
    words: input("targets=abc"),
    exit: 2,
    code: "INPUT_MALFORMED",
    says: ["`targets`"],
  },
  {
    title: "an unknown input",
    words: input("nosuch=1"),
    exit: 2,
    code: "INPUT_MALFORMED",
    says: ["`nosuch`", "logGroup"],
  },
  {
    title: "an input without a value",
    words: incident("--input", "owner"),
    exit: 2,
    code: "USAGE",
    says: ["name=value"],
  },
  {
    title: "an input file that is not there",
    words: input("owner=@nosuch.txt"),
    exit: 2,
    code: "INPUT_MALFORMED",
    says: ["`owner`", "nosuch.txt"],
  },
  {
    title: "a secret without a value",
    words: incident(),
    around: { env: { HOKUSAI_API_KEY: undefined } },
    exit: 2,
    code: "SECRET_MISSING",
    says: ["env:HOKUSAI_API_KEY"],
  },
  {
    title: "a secret that is too short to be kept out",
    words: incident(),
    around: { env: { HOKUSAI_API_KEY: "abc" } },
    exit: 2,
    code: "SECRET_TOO_SHORT",
    says: ["HOKUSAI_API_KEY"],
  },
  // terraform
  {
    title: "terraform that is not where it should be",
    words: incident(),
    around: terraform("nosuch"),
    exit: 1,
    code: "TERRAFORM_MISSING",
    says: ["nosuch", "RUNWRIGHT_TERRAFORM"],
  },
  {
    title: "no terraform on PATH",
    words: incident(),
    around: { env: { RUNWRIGHT_TERRAFORM: undefined, PATH: "/nowhere" } },
    exit: 1,
    code: "TERRAFORM_MISSING",
    says: ["on PATH", "1.10"],
  },
  {
    title: "a terraform that is too old",
    words: incident(),
    around: terraform("old"),
    exit: 1,
    code: "TERRAFORM_TOO_OLD",
    says: ["1.5.7", "1.10"],
  },
  {
    title: "a program that is no terraform",
    words: incident(),
    around: terraform("other"),
    exit: 1,
    code: "TERRAFORM_MISSING",
    says: ["other", "version -json"],
  },
  // AWS
  {
    title: "AWS that cannot be reached",
    words: incident(),
    around: { env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1/" } },
    exit: 1,
    code: "AWS_UNREACHABLE",
    says: ["127.0.0.1:1", "AWS_ENDPOINT_URL"],
  },
  {
    title: "no credentials",
    words: incident(),
    around: { env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined } },
    exit: 4,
    code: "CREDENTIALS_MISSING",
    says: [/log in/i],
  },
  {
    title: "expired credentials",
    words: incident(),
    around: { env: { AWS_ACCESS_KEY_ID: "EXPIRED-PRACTICE" } },
    exit: 4,
    code: "CREDENTIALS_EXPIRED",
    says: ["expired", /renew/i],
  },
  {
    title: "--auto where it is not practice",
    words: incident("--auto"),
    around: () => ({ env: { AWS_ENDPOINT_URL: place.url.replace("127.0.0.1", "localhost") } }),
    exit: 2,
    code: "AUTO_REFUSED",
    says: ["--auto", "runwright practice"],
  },
  // the database
  {
    title: "a database that is none",
    words: plain("run", "ask", "--db", "corrupt.db"),
    exit: 9,
    code: "STATE_CORRUPT",
    says: ["corrupt.db", "backup"],
  },
  {
    title: "a database of a newer version",
    words: plain("run", "ask", "--db", "newer.db"),
    exit: 9,
    code: "STATE_NEWER",
    says: ["newer.db", "999"],
  },
  {
    title: "a database below a file",
    words: plain("run", "ask", "--db", "file/state.db"),
    exit: 1,
    code: "STATE_UNWRITABLE",
    says: ["file/state.db", "--db"],
  },
  {
    title: "a directory as the database",
    words: plain("run", "ask", "--db", "."),
    exit: 1,
    code: "STATE_UNWRITABLE",
    says: ["--db"],
  },
  {
    title: "a directory that cannot be written",
    words: plain("run", "ask", "--db", "/proc/state.db"),
    exit: 1,
    code: "STATE_UNWRITABLE",
    says: ["/proc/state.db"],
  },
  {
    title: "a full disk",
    words: plain("run", "ask", "--db", "/dev/full"),
    exit: 1,
    code: "STORAGE_FAILED",
    says: ["/dev/full", "Free space"],
  },
  // runs
  {
    title: "resume of an unknown run",
    words: plain("resume", "R-XXXX"),
    exit: 2,
    code: "RUN_UNKNOWN",
    says: ["R-XXXX", "runwright list"],
  },
  {
    title: "resume where nothing was ever run",
    words: plain("resume", "--db", "empty.db"),
    exit: 2,
    code: "RUN_UNKNOWN",
    says: ["no unfinished run", "runwright run"],
  },
  {
    title: "resume of one of several",
    words: plain("resume"),
    exit: 2,
    code: "RUN_UNKNOWN",
    says: [/R-\w+ \(ask/, "runwright resume RUN"],
  },
  {
    title: "resume of a run that is over",
    words: () => ["resume", other.ended],
    exit: 2,
    code: "RUN_ENDED",
    says: ["cancelled"],
  },
  {
    title: "cancel of a run that is over",
    words: () => ["cancel", other.ended, "--reason", "x"],
    exit: 2,
    code: "RUN_ENDED",
    says: ["already"],
  },
  {
    title: "cancel without a reason",
    words: () => ["cancel", waiting.run],
    exit: 2,
    code: "USAGE",
    says: ["--reason"],
  },
  {
    title: "show of an unknown run",
    words: plain("show", "R-XXXX"),
    exit: 2,
    code: "RUN_UNKNOWN",
    says: ["R-XXXX"],
  },
  // decisions
  {
    title: "an approval of something else",
    words: () => ["approve", waiting.run, "go", "--sha", "0123abcd"],
    exit: 5,
    code: "GATE_CHANGED",
    says: ["0123abcd", "runwright status"],
  },
  {
    title: "an approval with too few digits",
    words: () => ["approve", waiting.run, "go", "--sha", waiting.sha.slice(0, 4)],
    exit: 2,
    code: "USAGE",
    says: ["at least 8 digits", "runwright status"],
  },
  {
    title: "an approval without a digest",
    words: () => ["approve", waiting.run, "go"],
    exit: 2,
    code: "USAGE",
    says: ["--sha"],
  },
  {
    title: "an approval of a gate that is not open",
    words: () => ["approve", waiting.run, "how", "--sha", waiting.sha],
    exit: 5,
    code: "GATE_NOT_OPEN",
    says: ["`how`", "`go`"],
  },
  {
    title: "an approval of a gate that has been answered",
    words: () => ["approve", other.choosing.run, "go", "--sha", waiting.sha],
    exit: 5,
    code: "GATE_NOT_OPEN",
    says: ["`go`", "open"],
  },
  {
    title: "an approval that comes too late",
    words: () => ["approve", other.expired.run, "go", "--sha", other.expired.sha],
    exit: 5,
    code: "GATE_EXPIRED",
    says: ["expired", /resume/i],
  },
  {
    title: "an approval of a run that is over",
    words: () => ["approve", other.ended, "go", "--sha", waiting.sha],
    exit: 2,
    code: "RUN_ENDED",
    says: ["cancelled"],
  },
  {
    title: "an approval of a choice",
    words: () => ["approve", other.choosing.run, "how", "--sha", other.choosing.sha],
    exit: 2,
    code: "CHOICE_UNKNOWN",
    says: ["decide"],
  },
  {
    title: "an option that is not offered",
    words: () => ["decide", other.choosing.run, "how", "nosuch", "--sha", other.choosing.sha],
    exit: 2,
    code: "CHOICE_UNKNOWN",
    says: ["`nosuch`", "well", "badly"],
  },
  {
    title: "a rejection without a reason",
    words: () => ["reject", waiting.run, "go", "--sha", waiting.sha],
    exit: 2,
    code: "USAGE",
    says: ["--reason"],
  },
  {
    title: "a rejection with an empty reason",
    words: () => ["reject", waiting.run, "go", "--sha", waiting.sha, "--reason", " "],
    exit: 2,
    code: "REASON_NEEDED",
    says: ["--reason"],
  },
  // flags
  {
    title: "no runbook",
    words: plain("run"),
    exit: 2,
    code: "USAGE",
    says: ["`runbook`", "runwright run --help"],
  },
  {
    title: "an unknown flag",
    words: plain("run", "x", "--bogus"),
    exit: 2,
    code: "USAGE",
    says: ["`--bogus`"],
  },
  {
    title: "an unknown command",
    words: plain("statsu"),
    exit: 2,
    code: "USAGE",
    says: ["`statsu`", "Did you mean status?", "runwright help"],
  },
  {
    title: "too many words",
    words: plain("resume", "a", "b"),
    exit: 2,
    code: "USAGE",
    says: [/too many/i],
  },
  {
    title: "a speed that is none",
    words: plain("practice", "--speed", "0"),
    exit: 2,
    code: "USAGE",
    says: ["--speed", "1 to 600"],
  },
  {
    title: "practice of what has no world",
    words: plain("practice", "nosuch"),
    exit: 2,
    code: "RUNBOOK_UNKNOWN",
    says: ["missing-secret"],
  },
];

const say = (row: Row, ...more: readonly string[]): Promise<Said> =>
  runwright(place, [...row.words(), ...more], typeof row.around === "function" ? row.around() : row.around);

describe.concurrent("one clear error", () => {
  test.each(rows)("for people: $title", async (row) => expectOneError(await say(row), row));

  // What differs is told by the code, so one of each is enough.
  const codes = [...new Map(rows.map((row) => [row.code, row])).values()];
  test.each(codes)("for programs: $title", async (row) => expectOneDocument(await say(row, "--json"), row));
});

test("none of that was recorded, and the files that were refused are as they were", async () => {
  expect(place.events()).toEqual(before.events);
  expect(digests()).toEqual(before.digests);
  expect(await place.ledger()).toEqual([]);
});

test("a region that is only the target's is used for every call", async () => {
  const look = ["run", "look", "--input", "cluster=hokusai-development"];
  const service = ["--input", "service=hokusai-api-development", "--db", "region.db"];
  const said = await runwright(place, [...look, ...service], { env: { AWS_REGION: undefined } });
  expect(said).toMatchObject({ code: 0, err: "" });
});

test("credentials that expire in the middle of a run leave it waiting, and it goes on when they are renewed", async () => {
  const db = ["--db", "expiring.db"];
  const inputs = ["--input", "cluster=hokusai-development", "--input", "service=hokusai-api-development"];
  await place.fault({ operation: "ecs:DescribeServices", kind: "error", code: "ExpiredTokenException" });
  const paused = await runwright(place, ["run", "look", ...inputs, ...db, "--json"]);
  expect(paused.code).toBe(4);
  expect(paused.err).toContain("CREDENTIALS_EXPIRED");
  const { run, next } = JSON.parse(paused.out) as { readonly run: string; readonly next: readonly string[] };
  const retry = next.find((line) => line.includes(" retry "));
  expect(retry).toBeDefined();
  expect(await runwright(place, [...(retry ?? "").split(" ").slice(1), ...db])).toMatchObject({ code: 0 });
  expect(await runwright(place, ["resume", run, ...db])).toMatchObject({ code: 0 });
});

function expectOneError({ code, out, err }: Said, row: Row): void {
  expect({ code, out }).toEqual({ code: row.exit, out: "" });
  expect(err).toMatch(/^Error: [^]+?[.?)]\s+\[[A-Z_]+\]\n\n {2}\S[^]*\n$/);
  expect(err).toContain(`[${row.code}]`);
  expect(err.match(/\bError: /g)).toHaveLength(1);
  expect(err).not.toMatch(/\n\s+at /);
  for (const part of row.says) expect(err).toMatch(typeof part === "string" ? literally(part) : part);
}

function expectOneDocument({ code, out, err }: Said, row: Row): void {
  expect({ code, err }).toEqual({ code: row.exit, err: "" });
  expect(out.split("\n")).toHaveLength(2);
  expect(JSON.parse(out)).toMatchObject({
    error: { code: row.code, title: expect.stringMatching(/\S/), next: [expect.stringMatching(/\S/)] },
  });
}

function literally(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
}

interface Open {
  readonly run: string;
  readonly sha: string;
}

async function pausedAt(gate: string, ...inputs: readonly string[]): Promise<Open> {
  const { out } = await runwright(place, ["run", "ask", ...inputs, "--json"]);
  const { run } = JSON.parse(out) as { readonly run: string };
  return { run, sha: digestAt(run, gate) };
}

function digestAt(run: string, gate: string): string {
  const found = place.events().find((event) => {
    return event.run === run && event.type === "gate.opened" && event.data.gate === gate;
  });
  return found?.type === "gate.opened" ? found.data.digest : "";
}

async function answer({ run, sha }: Open, verb: "approve" | "reject"): Promise<void> {
  await runwright(place, [verb, run, "go", "--sha", sha, "--reason", "for the test"]);
}

function writeFiles(): void {
  const write = (name: string, text: string): void => writeFileSync(path.join(place.dir, name), text);
  write("file", "a file\n");
  write("corrupt.db", "this is no database\n".repeat(500));
  write("old", `#!/bin/sh\necho '{"terraform_version":"1.5.7"}'\n`);
  write("other", "#!/bin/sh\necho hello; exit 3\n");
  for (const name of ["old", "other"]) chmodSync(path.join(place.dir, name), 0o755);
  const db = new Database(path.join(place.dir, "newer.db"));
  db.pragma("user_version = 999");
  db.close();
}

/** Of the files that a command could have spoilt. */
function digests(): readonly string[] {
  return ["corrupt.db", "newer.db", "file"].map((file) =>
    createHash("sha256")
      .update(readFileSync(path.join(place.dir, file)))
      .digest("hex"),
  );
}
