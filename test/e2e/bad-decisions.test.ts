import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { runwright } from "./support/command-line.ts";
import { describeRefusals, type Refusal } from "./support/refusals.ts";
import { writeSmallRunbooks } from "./support/small-runbooks.ts";

const dir = mkdtempSync(path.join(tmpdir(), "runwright-decisions-"));
const place = { dir, env: { PATH: process.env["PATH"] ?? "", HOME: dir, XDG_RUNTIME_DIR: dir } };

interface Open {
  readonly run: string;
  readonly sha: string;
}

const nothing: Open = { run: "", sha: "" };
/** Runs that wait at an approval, at one that has expired, at one for others, and at a choice. */
let [waiting, expired, others, choosing] = [nothing, nothing, nothing, nothing];
/** A run that is over. */
let ended = "";
let before = "";

beforeAll(async () => {
  writeSmallRunbooks(dir);
  waiting = await start();
  expired = await start("--input", "expires=1s");
  others = await start("--input", "approvers=others");
  const [chooser, rejected] = [await start(), await start()];
  choosing = await answer("approve", chooser);
  ({ run: ended } = await answer("reject", rejected));
  before = await record();
});

const plain =
  (...all: readonly string[]) =>
  () =>
    all;

const rows: readonly Refusal[] = [
  // runs
  ["resume of an unknown run", plain("resume", "R-XXXX"), "2 RUN_UNKNOWN", ["R-XXXX", "runwright list"]],
  [
    "resume where nothing was ever run",
    plain("resume", "--db", "empty.db"),
    "2 RUN_UNKNOWN",
    ["no unfinished run", "runwright run"],
  ],
  ["resume of one of several", plain("resume"), "2 RUN_UNKNOWN", [/R-\w+ \(ask/, "runwright resume RUN"]],
  ["resume of a run that is over", () => ["resume", ended], "2 RUN_ENDED", ["cancelled"]],
  ["cancel of a run that is over", () => ["cancel", ended, "--reason", "x"], "2 RUN_ENDED", ["already"]],
  ["cancel without a reason", () => ["cancel", waiting.run], "2 USAGE", ["--reason"]],
  ["show of an unknown run", plain("show", "R-XXXX"), "2 RUN_UNKNOWN", ["R-XXXX"]],
  // decisions
  [
    "an approval of something else",
    () => ["approve", waiting.run, "go", "--sha", "0123abcd"],
    "5 GATE_CHANGED",
    ["0123abcd", "runwright status"],
  ],
  [
    "an approval with too few digits",
    () => ["approve", waiting.run, "go", "--sha", waiting.sha.slice(0, 4)],
    "2 USAGE",
    ["at least 8 digits", "runwright status"],
  ],
  ["an approval without a digest", () => ["approve", waiting.run, "go"], "2 USAGE", ["--sha"]],
  [
    "an approval of a gate that is not open",
    () => ["approve", waiting.run, "how", "--sha", waiting.sha],
    "5 GATE_NOT_OPEN",
    ["`how`", "`go`"],
  ],
  [
    "an approval of a gate that has been answered",
    () => ["approve", choosing.run, "go", "--sha", waiting.sha],
    "5 GATE_ANSWERED",
    ["`go`", "approval.granted"],
  ],
  [
    "an approval by the person who asked for the run, where that is excluded",
    () => ["approve", others.run, "go", "--sha", others.sha],
    "5 APPROVAL_BY_REQUESTER",
    ["asked for run", "somebody else"],
  ],
  [
    "a revocation of what was used",
    () => ["revoke", choosing.run, "go", "--reason", "x"],
    "5 APPROVAL_USED",
    ["`go`", "has begun", "runwright cancel"],
  ],
  [
    "a revocation of what nobody has approved",
    () => ["revoke", waiting.run, "--reason", "x"],
    "5 APPROVAL_UNKNOWN",
    ["none", "runwright status"],
  ],
  ["a revocation in a run that is over", () => ["revoke", ended, "--reason", "x"], "2 RUN_ENDED", ["revoke"]],
  ["a revocation in an unknown run", plain("revoke", "R-XXXX", "--reason", "x"), "2 RUN_UNKNOWN", ["R-XXXX"]],
  [
    "an approval that comes too late",
    () => ["approve", expired.run, "go", "--sha", expired.sha],
    "5 GATE_EXPIRED",
    ["expired", /resume/i],
  ],
  [
    "an approval of a run that is over",
    () => ["approve", ended, "go", "--sha", waiting.sha],
    "2 RUN_ENDED",
    ["cancelled"],
  ],
  [
    "an approval of a choice",
    () => ["approve", choosing.run, "how", "--sha", choosing.sha],
    "2 CHOICE_UNKNOWN",
    ["decide"],
  ],
  [
    "an option that is not offered",
    () => ["decide", choosing.run, "how", "nosuch", "--sha", choosing.sha],
    "2 CHOICE_UNKNOWN",
    ["`nosuch`", "well", "badly"],
  ],
  [
    "a rejection without a reason",
    () => ["reject", waiting.run, "go", "--sha", waiting.sha],
    "2 USAGE",
    ["--reason"],
  ],
  [
    "a rejection with an empty reason",
    () => ["reject", waiting.run, "go", "--sha", waiting.sha, "--reason", " "],
    "2 REASON_NEEDED",
    ["--reason"],
  ],
];

describeRefusals(rows, () => place);

test("none of that was recorded", async () => {
  expect(await record()).toBe(before);
});

async function start(...inputs: readonly string[]): Promise<Open> {
  return openIn(await runwright(place, ["run", "ask", ...inputs, "--json"]));
}

async function answer(verb: "approve" | "reject", { run, sha }: Open): Promise<Open> {
  await runwright(place, [verb, run, "go", "--sha", sha, "--reason", "for the test"]);
  return openIn(await runwright(place, ["resume", run, "--json"]));
}

/** The run and the digest that the commands to type next name. */
function openIn({ out }: { readonly out: string }): Open {
  const { run, next } = JSON.parse(out) as { readonly run: string; readonly next: readonly string[] };
  return { run, sha: / --sha (\w+)/.exec(next.join("\n"))?.[1] ?? "" };
}

async function record(): Promise<string> {
  const timelines = [waiting.run, expired.run, others.run, choosing.run, ended].map((run) =>
    runwright(place, ["timeline", run, "--jsonl"]),
  );
  return (await Promise.all(timelines)).map(({ out }) => out).join("");
}
