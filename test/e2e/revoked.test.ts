import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { runwright } from "./support/command-line.ts";
import { writeSmallRunbooks } from "./support/small-runbooks.ts";

const dir = mkdtempSync(path.join(tmpdir(), "runwright-revoked-"));
const place = { dir, env: { PATH: process.env["PATH"] ?? "", HOME: dir, XDG_RUNTIME_DIR: dir } };

test("an approval is shown until it is used, can be taken back from any terminal, and then the gate asks again", async () => {
  writeSmallRunbooks(dir);
  const { out: started } = await runwright(place, ["run", "ask", "--json"]);
  const { run, next } = JSON.parse(started) as { readonly run: string; readonly next: readonly string[] };
  const sha = / --sha (\w+)/.exec(next.join())?.[1] ?? "";
  const approved = await runwright(place, ["approve", run, "--sha", sha]);
  expect(approved.out).toMatch(/Usable until \d{4}-.*take back: {2}runwright revoke R-\w+ go --reason/);
  const standing = await runwright(place, ["status", run]);
  expect(standing.out).toMatch(/gate go approved by \w+ at .*, not used yet, usable until/);
  const replayed = await runwright(place, ["approve", run, "--sha", sha]);
  expect(replayed).toMatchObject({
    code: 5,
    err: expect.stringContaining("was answered: `approval.granted`"),
  });
  const revoked = await runwright(place, ["revoke", run, "--reason", "wrong window"]);
  expect(revoked).toMatchObject({ code: 0, out: expect.stringContaining("The gate asks again.") });
  const { out: resumed } = await runwright(place, ["resume", run, "--json"]);
  expect(JSON.parse(resumed)).toMatchObject({
    end: "paused",
    next: [expect.stringContaining("go#2"), expect.anything(), expect.anything()],
  });
}, 60_000);
