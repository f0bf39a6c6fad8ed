import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporary } from "../support/terraform.ts";
import { runwright } from "./support/command-line.ts";
import { closeTerminals, hasTmux, sitDown } from "./support/person.ts";

const manual = `
import { runbook, secretReference } from "runwright";
import { z } from "zod";

const { manual, gate, define } = runbook("by-hand", {
  title: "Something to do by hand",
  input: z.strictObject({ key: secretReference }),
});
export default define({
  call: manual(() => ({ title: "Call the provider", lines: ["Ask for the outage's id."] })),
  sure: gate(() => ({ title: "Go on?", summary: "It was called.", risk: "low" })),
});
`;

const secret = "planted-7b1f0c3d9e5a4f62";
const digest = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

function place() {
  const dir = temporary("runwright-attached-");
  mkdirSync(path.join(dir, "runbooks"));
  writeFileSync(path.join(dir, "runbooks", "by-hand.ts"), manual);
  writeFileSync(path.join(dir, "call.txt"), `They say: outage 4711, our key is ${secret}.\n`);
  writeFileSync(path.join(dir, "screen.png"), Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 255]));
  const { PATH = "" } = process.env;
  return { dir, env: { PATH, HOME: dir, XDG_STATE_HOME: dir, XDG_RUNTIME_DIR: dir, PROVIDER_KEY: secret } };
}

/** A run that waits for a person to have called, and the words that say it was done. */
async function waiting() {
  const at = place();
  const paused = await runwright(at, ["run", "by-hand", "--input", "key=env:PROVIDER_KEY"]);
  expect(paused.code).toBe(8);
  expect(paused.err).toContain("add --evidence FILE");
  const [, command = ""] = / (decide .*--sha \w+)/.exec(paused.err) ?? [];
  const words = [...command.split(" "), "--reason", "outage 4711"];
  return { at, words, run: words[1] ?? "" };
}

function everythingIn(dir: string): string {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile() && !file.parentPath.endsWith("runbooks") && file.name !== "call.txt")
    .map((file) => readFileSync(path.join(file.parentPath, file.name), "latin1"))
    .join("\n");
}

describe("from another terminal", () => {
  test("files are attached to what was done by hand, redacted, and found wherever evidence is", async () => {
    const { at, words, run } = await waiting();
    const said = await runwright(at, [...words, "--evidence", "call.txt", "--evidence", "screen.png"]);
    expect(said).toMatchObject({ code: 0, out: /with call\.txt, screen\.png/ });
    const approve = await runwright(at, ["resume", run]);
    const [, sure = ""] = / (approve .*--sha \w+)/.exec(approve.err) ?? [];
    await runwright(at, [...sure.split(" "), "--evidence", "screen.png"]);
    expect(await runwright(at, ["resume", run])).toMatchObject({ code: 0, out: /3 evidence files/ });

    const text = await runwright(at, ["logs", run, "call", "--name", "call.txt"]);
    expect(text.out).toMatch(/^They say: outage 4711, our key is \[.*\]\.\n$/);
    expect(everythingIn(at.dir)).not.toContain(secret);
    const image = digest(readFileSync(path.join(at.dir, "screen.png")));
    expect((await runwright(at, ["show", run])).out).toMatch(
      new RegExp(`call +screen\\.png +10 bytes +${image}`),
    );
    expect((await runwright(at, ["timeline", run])).out).toContain("with call.txt, screen.png");
    const call = (await runwright(at, ["show", run, "call"])).out;
    expect(call).toMatch(
      /Call the provider\n.*choice.*\n {2}Ask for the outage's id\.\n.*: chose done, because: outage 4711/,
    );
    expect(call).toContain(image);
    const report = (await runwright(at, ["report", run])).out;
    expect(report).toContain(`| attached by a person | \`screen.png\` | 10 | \`${image}\``);
    expect(report).toMatch(/APPROVED, with screen\.png/);
    for (const out of [
      ["--bundle", "bundle"],
      ["--html", "page.html"],
    ])
      expect(await runwright(at, ["export", run, "--for", "audit", ...out])).toMatchObject({ code: 0 });
    expect(digest(readFileSync(path.join(at.dir, "bundle", "blobs", image)))).toBe(image);
    expect(readFileSync(path.join(at.dir, "page.html"), "utf8")).toContain(
      "call, attached by a person: call.txt, screen.png",
    );
    expect(await runwright(at, ["verify", "bundle"])).toMatchObject({ code: 0 });
    expect(await runwright(at, ["verify", run])).toMatchObject({ code: 0 });
  });

  test("a file that cannot be attached is one clear error, and the gate stays open", async () => {
    const { at, words, run } = await waiting();
    const large = path.join(at.dir, "large.bin");
    writeFileSync(large, "");
    truncateSync(large, 16 * 1024 * 1024 + 1);
    for (const [file, why] of [
      ["not-there.png", "There is no file `not-there.png`"],
      ["runbooks", "is not a file"],
      ["large.bin", "has 17 MiB; at most 16 can be attached"],
    ] as const) {
      const said = await runwright(at, [...words, "--evidence", "screen.png", "--evidence", file]);
      expect(said.code).toBe(2);
      expect(said.err).toContain(why);
      expect(said.err).toContain("[EVIDENCE_REFUSED]");
    }
    if (process.getuid?.() !== 0) {
      chmodSync(path.join(at.dir, "call.txt"), 0);
      const said = await runwright(at, [...words, "--evidence", "call.txt"]);
      expect(said.err).toContain("`call.txt` cannot be read");
    }
    // In a shell that does not have the secret nobody can tell whether the file holds it.
    const blind = await runwright(at, [...words, "--evidence", "call.txt"], {
      env: { PROVIDER_KEY: undefined },
    });
    expect(blind.err).toContain("[SECRET_MISSING]");
    expect((await runwright(at, ["timeline", run])).out).not.toContain("chose");
    expect(await runwright(at, words)).toMatchObject({ code: 0 });
    // Nor is anything kept with an answer that comes too late.
    const late = await runwright(at, [...words, "--evidence", "screen.png"]);
    expect(late.err).toContain("[GATE_ANSWERED]");
    const image = digest(readFileSync(path.join(at.dir, "screen.png")));
    expect(existsSync(path.join(at.dir, ".runwright", "blobs", image.slice(0, 2), image))).toBe(false);
  });
});

describe.skipIf(!hasTmux)("at a terminal", () => {
  afterAll(closeTerminals);

  test("the person is asked for files, told at once which cannot be attached, and may go on without", async () => {
    const at = place();
    const person = sitDown(at, ["run", "by-hand", "--input", "key=env:PROVIDER_KEY"]);
    await person.see("Call the provider");
    await person.pressUntil("Down", /❯ .*\[done\]/);
    await person.pressUntil("Enter", "Why done?");
    await person.answer("Why done?", "outage 4711");
    await person.answer("A file that shows it", "not-there.png");
    await person.see("There is no file `not-there.png`");
    person.press("C-u");
    await person.answer("A file that shows it", "screen.png");
    await person.pressUntil("Enter", "Go on?");
    const [run = ""] = /R-\w{4}/.exec(person.screen()) ?? [];
    expect((await runwright(at, ["timeline", run])).out).toContain("with screen.png");
  });
});
