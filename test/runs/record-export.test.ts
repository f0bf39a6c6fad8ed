import { expect, test } from "vitest";
import { recordExport } from "../../src/runs/record-export.ts";
import { ana } from "../support/world-free.ts";
import { asks, started } from "./small-run.ts";

test("who gets a copy of what is in the record, and its head is noted outside", async () => {
  const { workspace, run } = await started(asks);
  const { store } = workspace;
  const data = { to: "the auditor", runs: [run], withheld: [] };
  const event = recordExport(store, run, { actor: ana, data });
  expect(store.log.events(run).at(-1)).toMatchObject({ type: "record.exported", data, seq: event.seq });
  expect(store.anchor.lastNoted()?.seq).toBe(event.seq);
  workspace.close();
});
