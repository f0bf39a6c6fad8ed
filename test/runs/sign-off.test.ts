import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { headToSign, signOff } from "../../src/runs/sign-off.ts";
import { ana } from "../support/world-free.ts";
import { alone, asks, started } from "./small-run.ts";

const pause = `pause: wait(() => "1ms")`;

test("a person signs the head of an ended run", async () => {
  const { workspace, run } = await started(pause);
  await attend(workspace, run, alone());
  const { hash } = await headToSign(workspace, run);
  expect(signOff(workspace, run, { sha: hash, reason: "read", actor: ana })).toMatchObject({
    type: "record.signedOff",
    data: { head: { hash } },
  });
  workspace.close();
});

test("an open run is not signed, nor a record that does not verify", async () => {
  const { workspace, run } = await started(asks);
  const { hash } = await headToSign(workspace, run);
  expect(() => signOff(workspace, run, { sha: hash, reason: "read", actor: ana })).toThrowError(
    /no whole record/,
  );
  const db = new Database(workspace.store.file);
  for (const { name } of db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all() as {
    name: string;
  }[])
    db.exec(`DROP TRIGGER "${name}"`);
  db.prepare("UPDATE events SET body = replace(body, 'run.started', 'run.startex')").run();
  db.close();
  await expect(headToSign(workspace, run)).rejects.toThrowError(/does not have its own hash/);
  workspace.close();
});
