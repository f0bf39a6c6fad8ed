import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

/** Rooms in which each file of `src` has a test of its own at the same place. */
const rooms = ["report", "authoring", "host", "audit", "runs"];

/** Where else a file is tested, and why that is its place. */
const elsewhere: Readonly<Record<string, { readonly by: string; readonly why: string }>> = {
  "audit/bundle.ts": { by: "audit/tampering", why: "a bundle is what is tampered with" },
  "audit/export.ts": { by: "audit/tampering", why: "what it makes is tampered with" },
  "audit/submission.ts": { by: "audit/tampering", why: "types, and rows that somebody has broken" },
  "audit/verify.ts": {
    by: "audit/tampering",
    why: "each kind of tampering has to be found by one of its checks",
  },
  "report/criteria.ts": {
    by: "report/write",
    why: "told of whole runs, whose criteria real evidence decided",
  },
  "report/header.ts": { by: "report/write", why: "told of whole runs" },
  "report/record.ts": { by: "report/write", why: "types, and the fold that has tests in model" },
  "report/secondary.ts": { by: "report/write", why: "told of child runs and of failures" },
  "report/timeline.ts": { by: "report/write", why: "told of whole runs, with their silences" },
  "runs/index.ts": { by: "package", why: "only hands on what is public" },
  "runs/replayer/main.ts": { by: "runs/ask-replayer", why: "a program, which is asked there" },
  "runs/runs.ts": { by: "docs/embedding", why: "only types: what a program that embeds runwright reads" },
};

const sources = rooms.flatMap((room) =>
  readdirSync(path.join("src", room), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${room}/${file}`),
);

function testOf(name: string): string {
  return path.join("test", `${name}.test.ts`);
}

function hasMirror(source: string): boolean {
  return existsSync(testOf(source.replace(/\.ts$/, "")));
}

test("each file has its test at the same place, or stands on the list of those that are tested elsewhere", () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter((source) => !hasMirror(source) && elsewhere[source] === undefined)).toEqual([]);
});

test("the list names only files that are there and have no test of their own, and tests that are there", () => {
  const listed = Object.entries(elsewhere);
  expect(listed.filter(([source]) => !sources.includes(source) || hasMirror(source))).toEqual([]);
  expect(listed.filter(([, { by }]) => !existsSync(testOf(by)))).toEqual([]);
});
