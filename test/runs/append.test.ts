import { expect, test } from "vitest";
import { append } from "../../src/runs/decisions.ts";
import { Secret } from "../../src/model/secret.ts";
import { ana } from "../support/world-free.ts";
import { asks, started } from "./small-run.ts";

test("what is appended holds no secret that is known", async () => {
  const { workspace, run } = await started(asks);
  workspace.redactor.add(new Secret("KEY", "a long enough secret"));
  append(workspace, { run, type: "cancel.requested", actor: ana, data: { reason: "a long enough secret" } });
  expect(JSON.stringify(workspace.store.log.events(run))).not.toContain("a long enough secret");
  workspace.close();
});
