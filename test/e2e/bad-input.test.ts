import { createHash } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Around, runwright } from "./support/command-line.ts";
import { openPlace, type Place } from "./support/place.ts";
import { describeRefusals, type Refusal } from "./support/refusals.ts";
import { writeSmallRunbooks } from "./support/small-runbooks.ts";

let place: Place;
/** The words that start the incident's run, with nobody to answer. */
let words: readonly string[];
/** Of the files that a command could have spoilt. */
let before: readonly string[];

beforeAll(async () => {
  place = await openPlace();
  words = place.words.filter((word) => word !== "--auto");
  writeSmallRunbooks(place.dir);
  writeFiles();
  before = digests();
});
afterAll(() => place.close());

const plain =
  (...all: readonly string[]) =>
  () =>
    all;
const incident =
  (...more: readonly string[]) =>
  () => [...words, ...more];
const input = (pair: string) => incident("--input", pair);
const without = (name: string) => (): readonly string[] =>
  words.filter((word, index) => !word.startsWith(`${name}=`) && !words[index + 1]?.startsWith(`${name}=`));
const terraform = (file: string) => (): Around => ({
  env: { RUNWRIGHT_TERRAFORM: path.join(place.dir, file) },
});

const rows: readonly Refusal[] = [
  // runbooks
  [
    "an unknown runbook",
    plain("run", "nosuch"),
    "2 RUNBOOK_UNKNOWN",
    ["nosuch", "missing-secret", "runwright list --runbooks"],
  ],
  ["a runbook file that is not there", plain("run", "./nosuch.ts"), "2 RUNBOOK_UNKNOWN", ["nosuch.ts"]],
  [
    "a runbook with a syntax error",
    plain("run", "broken/syntax.ts"),
    "2 RUNBOOK_BROKEN",
    ["syntax.ts", /1:\d+/, "Fix the runbook"],
  ],
  [
    "a file that exports no runbook",
    plain("run", "broken/export.ts"),
    "2 RUNBOOK_BROKEN",
    ["exports no runbook"],
  ],
  [
    "a runbook that imports what is not there",
    plain("run", "broken/import.ts"),
    "2 RUNBOOK_BROKEN",
    ["lodash"],
  ],
  [
    "a runbook that throws when it is read",
    plain("run", "broken/throws.ts"),
    "2 RUNBOOK_BROKEN",
    ["boom at load"],
  ],
  // inputs
  ["a missing input", without("logGroup"), "2 INPUT_MISSING", ["`logGroup`", "--input logGroup=..."]],
  [
    "all inputs missing",
    plain("run", "missing-secret"),
    "2 INPUT_MISSING",
    ["--input dir=...", "--input apiKey=..."],
  ],
  ["a number that is none", input("redisPort=abc"), "2 INPUT_MALFORMED", ["`redisPort`", "expected number"]],
  ["a list that is none", input("targets=abc"), "2 INPUT_MALFORMED", ["`targets`"]],
  ["an unknown input", input("nosuch=1"), "2 INPUT_MALFORMED", ["`nosuch`", "logGroup"]],
  ["an input without a value", incident("--input", "owner"), "2 USAGE", ["name=value"]],
  [
    "an input file that is not there",
    input("owner=@nosuch.txt"),
    "2 INPUT_MALFORMED",
    ["`owner`", "nosuch.txt"],
  ],
  [
    "a secret without a value",
    incident(),
    "2 SECRET_MISSING",
    ["env:HOKUSAI_API_KEY"],
    { env: { HOKUSAI_API_KEY: undefined } },
  ],
  [
    "a secret that is too short to be kept out",
    incident(),
    "2 SECRET_TOO_SHORT",
    ["HOKUSAI_API_KEY"],
    { env: { HOKUSAI_API_KEY: "abc" } },
  ],
  // terraform
  [
    "terraform that is not where it should be",
    incident(),
    "1 TERRAFORM_MISSING",
    ["nosuch", "RUNWRIGHT_TERRAFORM"],
    terraform("nosuch"),
  ],
  [
    "no terraform on PATH",
    incident(),
    "1 TERRAFORM_MISSING",
    ["on PATH", "1.10"],
    { env: { RUNWRIGHT_TERRAFORM: undefined, PATH: "/nowhere" } },
  ],
  ["a terraform that is too old", incident(), "1 TERRAFORM_TOO_OLD", ["1.5.7", "1.10"], terraform("old")],
  [
    "a program that is no terraform",
    incident(),
    "1 TERRAFORM_MISSING",
    ["other", "version -json"],
    terraform("other"),
  ],
  // AWS
  [
    "AWS that cannot be reached",
    incident(),
    "1 AWS_UNREACHABLE",
    ["127.0.0.1:1", "AWS_ENDPOINT_URL"],
    { env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1/" } },
  ],
  [
    "no credentials",
    incident(),
    "4 CREDENTIALS_MISSING",
    [/log in/i],
    { env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined } },
  ],
  [
    "expired credentials",
    incident(),
    "4 CREDENTIALS_EXPIRED",
    ["expired", /renew/i],
    { env: { AWS_ACCESS_KEY_ID: "EXPIRED-PRACTICE" } },
  ],
  [
    "--auto where it is not practice",
    incident("--auto"),
    "2 AUTO_REFUSED",
    ["--auto", "runwright practice"],
    () => ({ env: { AWS_ENDPOINT_URL: place.url.replace("127.0.0.1", "localhost") } }),
  ],
  // the database
  [
    "a database that is none",
    plain("run", "ask", "--db", "corrupt.db"),
    "9 STATE_CORRUPT",
    ["corrupt.db", "backup"],
  ],
  [
    "a database of a newer version",
    plain("run", "ask", "--db", "newer.db"),
    "9 STATE_NEWER",
    ["newer.db", "999"],
  ],
  [
    "a database below a file",
    plain("run", "ask", "--db", "file/state.db"),
    "1 STATE_UNWRITABLE",
    ["file/state.db", "--db"],
  ],
  ["a directory as the database", plain("run", "ask", "--db", "."), "1 STATE_UNWRITABLE", ["--db"]],
  [
    "a directory that cannot be written",
    plain("run", "ask", "--db", "/proc/state.db"),
    "1 STATE_UNWRITABLE",
    ["/proc/state.db"],
  ],
  ["a full disk", plain("run", "ask", "--db", "/dev/full"), "1 STORAGE_FAILED", ["/dev/full", "Free space"]],
  // flags
  ["no runbook", plain("run"), "2 USAGE", ["`runbook`", "runwright run --help"]],
  ["an unknown flag", plain("run", "x", "--bogus"), "2 USAGE", ["`--bogus`"]],
  ["an unknown command", plain("statsu"), "2 USAGE", ["`statsu`. Did you mean status?", "runwright help"]],
  ["too many words", plain("resume", "a", "b"), "2 USAGE", [/too many/i]],
  ["a speed that is none", plain("practice", "--speed", "0"), "2 USAGE", ["--speed", "1 to 600"]],
  ["practice of what has no world", plain("practice", "nosuch"), "2 RUNBOOK_UNKNOWN", ["missing-secret"]],
];

describeRefusals(rows, () => place);

test("none of that was recorded, and the files that were refused are as they were", async () => {
  expect(place.events()).toEqual([]);
  expect(digests()).toEqual(before);
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
