import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { extraAnchors } from "../../src/runs/store-options.ts";
import { storeOptions } from "../../src/runs/store-options.ts";
import { parseNotes } from "../../src/model/head-note.ts";
import { openStore } from "../../src/store/store.ts";
import { blocksOf, page } from "../docs/pages.ts";
import { appendNoted, started } from "../store/store-support.ts";
import { placeOf } from "../../src/cli/record/record-place.ts";
import { catchIo } from "../support/read-io.ts";

const missing = ["git", "flock", "curl"].filter((name) => spawnSync(name, ["--version"]).status !== 0);
if (missing.length > 0)
  console.warn(`SKIPPED: no ${missing.join(", ")} here, so programs of the auditors' page are not run.`);

function place(anchors: string) {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-anchors-"));
  const caught = catchIo(dir);
  return { ...caught, dir, io: { ...caught.io, env: { ...caught.io.env, RUNWRIGHT_ANCHORS: anchors } } };
}

test("each signed head also goes to the files that are named, for their owner alone", () => {
  const { io, globals, dir } = place("one.log:two.log");
  const store = openStore(storeOptions(placeOf(globals, io)));
  appendNoted(store, started("r1"));
  store.anchor.note(store.log.head(), true);
  for (const name of ["one.log", "two.log"]) {
    const file = path.join(dir, name);
    const { notes, broken } = parseNotes(readFileSync(file, "utf8"), store.log.id);
    expect(notes).toMatchObject([{ ...store.log.head(), signed: {} }]);
    expect(broken).toBeUndefined();
    expect(statSync(file).mode & 0o077).toBe(0);
  }
  store.close();
});

test("a program is given the note, and a place that fails is told once", async () => {
  const { io, globals, dir, out } = place("|post.sh:no/such/place.log");
  program(dir, "post.sh", `#!/bin/sh\ncat > "${dir}/got.$$" && mv "${dir}/got.$$" "${dir}/got"\n`);
  const tell = extraAnchors(placeOf(globals, io));
  tell("the note");
  tell("the note");
  await expect.poll(() => existsSync(path.join(dir, "got")), { timeout: 10_000 }).toBe(true);
  expect(readFileSync(path.join(dir, "got"), "utf8")).toBe("the note\n");
  expect(out().match(/The record continues without it\./g)).toHaveLength(1);
});

test("a program that fails is told, too", async () => {
  const { io, globals, dir, out } = place("|fail.sh");
  program(dir, "fail.sh", "#!/bin/sh\ncat >/dev/null\nexit 3\n");
  extraAnchors(placeOf(globals, io))("the note");
  await expect.poll(out, { timeout: 10_000 }).toContain("it ended with 3");
});

test.skipIf(missing.includes("git") || missing.includes("flock"))(
  "the page's program for git notes keeps every head, and verify can read them",
  async () => {
    const { io, globals, dir } = place("|note-head");
    const repository = path.join(dir, "audit");
    const git = (...words: readonly string[]): string =>
      execFileSync("git", ["-C", repository, "-c", "user.name=a", "-c", "user.email=a@example", ...words], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    execFileSync("git", ["init", "--quiet", repository]);
    git("commit", "--quiet", "--allow-empty", "-m", "heads");
    for (const name of ["user.name", "user.email"]) git("config", name, "a@example");
    program(dir, "note-head", onPage("note-head").replaceAll("/srv/audit", repository));
    const store = openStore(storeOptions(placeOf(globals, io)));
    for (const run of ["r1", "r2", "r3"]) {
      appendNoted(store, started(run));
      store.anchor.note(store.log.head(), true);
    }
    const kept = (): ReturnType<typeof parseNotes> =>
      parseNotes(
        execSafely(() => git("notes", "--ref=runwright", "show", "HEAD")),
        store.log.id,
      );
    const seqs = (): ReadonlySet<number> => new Set(kept().notes.map(({ seq }) => seq));
    await expect.poll(seqs, { timeout: 10_000 }).toEqual(new Set([1, 2, 3]));
    expect(kept().broken).toBeUndefined();
    store.close();
  },
);

test.skipIf(missing.includes("curl"))("the page's program for a webhook posts the note", async () => {
  const { io, globals, dir } = place("|post-head");
  const posted: string[] = [];
  const server = createServer((request, response) => {
    request.on("data", (chunk) => posted.push(String(chunk))).on("end", () => response.end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  program(dir, "post-head", onPage("post-head").replace("https://audit.example", `http://127.0.0.1:${port}`));
  extraAnchors(placeOf(globals, io))("the note");
  await expect.poll(() => posted.join(""), { timeout: 10_000 }).toBe("the note\n");
  server.close();
});

/** The program of this name on the page for auditors. */
function onPage(name: string): string {
  const found = blocksOf(page("docs/auditing.md")).find(({ text }) => text.includes(`# ${name}\n`));
  if (found === undefined) throw new Error(`There is no program ${name} on the page.`);
  return found.text;
}

function program(dir: string, name: string, text: string): void {
  writeFileSync(path.join(dir, name), text);
  chmodSync(path.join(dir, name), 0o700);
}

function execSafely(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}
