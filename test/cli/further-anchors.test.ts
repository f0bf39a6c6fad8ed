import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { furtherAnchors } from "../../src/cli/further-anchors.ts";
import { storeOptions } from "../../src/cli/paths.ts";
import { parseNotes } from "../../src/model/note.ts";
import { openStore } from "../../src/store/store.ts";
import { appendNoted, started } from "../store/store-support.ts";
import { catchIo } from "../support/read-io.ts";

function place(anchors: string) {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-anchors-"));
  const caught = catchIo(dir);
  return { ...caught, dir, io: { ...caught.io, env: { ...caught.io.env, RUNWRIGHT_ANCHORS: anchors } } };
}

test("each signed head also goes to the files that are named, for their owner alone", () => {
  const { io, globals, dir } = place("one.log:two.log");
  const store = openStore(storeOptions(globals, io));
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
  const { io, dir, out } = place("|post.sh:no/such/place.log");
  writeFileSync(
    path.join(dir, "post.sh"),
    `#!/bin/sh\ncat > "${dir}/got.$$" && mv "${dir}/got.$$" "${dir}/got"\n`,
  );
  chmodSync(path.join(dir, "post.sh"), 0o700);
  const tell = furtherAnchors(io);
  tell("the note");
  tell("the note");
  await expect.poll(() => existsSync(path.join(dir, "got")), { timeout: 10_000 }).toBe(true);
  expect(readFileSync(path.join(dir, "got"), "utf8")).toBe("the note\n");
  expect(out().match(/The record goes on without it\./g)).toHaveLength(1);
});
