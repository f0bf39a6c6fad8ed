import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openSubmission } from "../../src/audit/bundle.ts";
import { verifySubmission } from "../../src/audit/verify.ts";
import { exportRun } from "../../src/cli/commands/export.ts";
import { notReplayed } from "../../src/runs/replay-check.ts";
import { parseNotes } from "../../src/model/head-note.ts";
import { auditedRun } from "../support/audited.ts";
import { catchIo } from "../support/read-io.ts";
import { classes, random, type Open } from "./tampering.ts";

const perClass = 60;
const verifier = path.resolve("verifier/verify.py");
const hasTools = ["python3", "openssl"].every((name) => spawnSync(name, ["version"]).error === undefined);
if (!hasTools) console.warn("SKIPPED: no python3 or openssl here, so the two verifiers are not compared.");

type Word = "PASS" | "FAIL" | "UNKNOWN";
/** What one verifier says: by check, where both have it, and all in all. */
type Said = ReadonlyMap<string, Word>;

let root = "";
let kept = "";
let base: Readonly<Record<"bundle" | "older" | "other", Open>>;

beforeAll(async () => {
  const made = await auditedRun();
  root = made.dir;
  const { io, globals } = catchIo(root);
  const edge = { ...io, env: { ...io.env, XDG_STATE_HOME: path.join(root, "home") } };
  const give = async (run: string, bundle: string): Promise<Open> => {
    const none = { jsonl: undefined, md: undefined, withhold: [] };
    await exportRun({ run, to: "Ana Auditor", bundle, ...none }, globals, edge);
    return read(path.join(root, bundle));
  };
  const older = await give(made.run, "older");
  const other = await give(made.otherRun, "other");
  base = { older, other, bundle: await give(made.run, "bundle") };
  kept = path.join(root, "kept.log");
  writeFileSync(kept, readFileSync(made.host.store.anchor.file));
});

function read(dir: string): Open {
  const names = ["README.md", "key.pem", ...["blobs", "runbooks"].flatMap((sub) => inside(dir, sub))];
  const text = (name: string): string[] =>
    readFileSync(path.join(dir, name), "utf8").split("\n").slice(0, -1);
  const files = new Map(names.map((name) => [name, readFileSync(path.join(dir, name))]));
  return { lines: text("events.jsonl"), notes: text("anchors.txt"), files };
}

function inside(dir: string, sub: string): readonly string[] {
  return readdirSync(path.join(dir, sub)).map((name) => `${sub}/${name}`);
}

function write(dir: string, { lines, notes, files }: Open): string {
  for (const sub of ["blobs", "runbooks"]) mkdirSync(path.join(dir, sub), { recursive: true });
  writeFileSync(path.join(dir, "events.jsonl"), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(path.join(dir, "anchors.txt"), notes.map((line) => `${line}\n`).join(""));
  for (const [name, bytes] of files) writeFileSync(path.join(dir, name), bytes);
  return dir;
}

const shared: Readonly<Record<string, string>> = {
  "events are stored in canonical form": "form",
  "each event names the hash of the one before it": "chain",
  "each event's data is what its envelope is bound to": "commitments",
  "what is withheld was declared": "withheld",
  "the notes of the head agree with the log": "notes",
  "the log continues the notes that were kept elsewhere": "kept",
};

async function ours(dir: string): Promise<Said> {
  try {
    const submission = await openSubmission(dir);
    const { notes } = parseNotes(readFileSync(kept, "utf8"), submission.log);
    const replay = async () => notReplayed("not in this test");
    const { checks } = await verifySubmission(submission, { kept: notes, replay });
    const words = { pass: "PASS", fail: "FAIL", unknown: "UNKNOWN" } as const;
    const said = checks.map(({ name, verdict }) => [shared[name] ?? name, words[verdict]] as const);
    return new Map(said);
  } catch {
    return new Map([["readable", "FAIL"]]);
  }
}

/** One start of Python for all of them. */
function theirs(dirs: readonly string[]): ReadonlyMap<string, Said> {
  const { stdout } = spawnSync("python3", [verifier, "--anchor", kept, ...dirs], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const said = new Map<string, Map<string, Word>>(dirs.map((dir) => [dir, new Map()]));
  for (const line of stdout.trim().split("\n")) {
    const [dir = "", word, check = ""] = line.split(/\s+/);
    if (word === "PASS" || word === "FAIL" || word === "UNKNOWN") said.get(dir)?.set(check, word);
  }
  return said;
}

function verdict(said: Said): Word {
  if ([...said.values()].includes("FAIL") || said.size === 0) return "FAIL";
  // What tells that a copy is not the newest; without notes of one's own nothing does.
  return said.get("kept") === "UNKNOWN" ? "UNKNOWN" : "PASS";
}

function tampered(name: string): readonly string[] {
  const draw = random(Object.keys(classes).indexOf(name) + 1);
  return Array.from({ length: perClass }, (_, nth) => {
    const copy = ({ lines, notes, files }: Open): Open => ({
      lines: [...lines],
      notes: [...notes],
      files: new Map(files),
    });
    const bundle = copy(base.bundle);
    classes[name]?.({ bundle, older: copy(base.older), other: copy(base.other), below: draw });
    return write(path.join(root, "cases", name.replaceAll(/\W/g, "-"), String(nth)), bundle);
  });
}

test.skipIf(!hasTools)("what nobody has tampered with passes, here and in Python", async () => {
  const dir = path.join(root, "bundle");
  const python = theirs([dir]).get(dir) ?? new Map<string, Word>();
  expect([...python.values()]).toEqual(Array.from({ length: 11 }, () => "PASS"));
  expect(verdict(await ours(dir))).toBe("PASS");
});

test.skipIf(!hasTools)(
  "with notes that were kept everything is noticed, and both verifiers agree",
  { timeout: 600_000 },
  async () => {
    const names = Object.keys(classes);
    const dirs = new Map(names.map((name) => [name, tampered(name)]));
    const python = theirs([...dirs.values()].flat());
    const wrong: string[] = [];
    const passing: Record<string, number> = {};
    for (const [name, cases] of dirs) {
      for (const dir of cases) {
        const [here, there] = [await ours(dir), python.get(dir) ?? new Map<string, Word>()];
        if (verdict(here) !== verdict(there) || unlike(here, there) || verdict(here) === "PASS")
          wrong.push(`${dir}: ${show(here)} / ${show(there)}`);
        if (verdict(alone(here)) !== "FAIL") passing[name] = (passing[name] ?? 0) + 1;
      }
    }
    expect(names.length).toBeGreaterThanOrEqual(13);
    expect(wrong).toEqual([]);
    expect(Object.keys(passing).toSorted()).toEqual(notNoticed());
  },
);

/** What is left when the bundle came alone. */
function alone(said: Said): Said {
  return new Map([...said].filter(([check]) => check !== "kept"));
}

/** The classes of which the documentation says that a bundle alone does not always tell. */
function notNoticed(): readonly string[] {
  const page = readFileSync("docs/auditing.md", "utf8");
  return Object.keys(classes)
    .filter((name) => page.includes(`- **${name}**`))
    .toSorted();
}

/** Checks that both have and that say different things, in a record that both could read. */
function unlike(here: Said, there: Said): boolean {
  if (here.has("readable") || there.get("form") === "FAIL") return false;
  // Without its export nobody knows what may be withheld.
  const isWhole = here.get("the record ends with its export") === "PASS";
  return Object.values(shared)
    .filter((check) => isWhole || check !== "withheld")
    .some((check) => (here.get(check) === "FAIL") !== (there.get(check) === "FAIL"));
}

function show(said: Said): string {
  return [...said].flatMap(([check, word]) => (word === "FAIL" ? [check] : [])).join(", ");
}

test("the verifier that goes with a bundle has at most 190 lines", () => {
  expect(readFileSync(verifier, "utf8").split("\n").length - 1).toBeLessThanOrEqual(190);
  if (hasTools)
    expect(
      execFileSync("python3", ["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", verifier]),
    ).toHaveLength(0);
});
