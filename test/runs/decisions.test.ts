import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import {
  decideGate,
  decideWithFiles,
  requestCancel,
  revokeApproval,
  runWithApproval,
  runWithGate,
} from "../../src/runs/decisions.ts";
import { ana } from "../support/world-free.ts";
import { alone, asks, started } from "./small-run.ts";

const deciding = { gate: null, digest: null, decision: { type: "approve", reason: "" }, actor: ana } as const;

test("a decision is recorded with the files that show it, and none of them where it is refused", async () => {
  const { place, workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  writeFileSync(path.join(place.cwd, "shot.txt"), "seen");
  const missing = decideWithFiles(workspace, { ...deciding, run }, ["none.txt"]);
  await expect(missing).rejects.toMatchObject({ code: "EVIDENCE_REFUSED" });
  const event = await decideWithFiles(workspace, { ...deciding, run }, ["shot.txt"]);
  expect(event).toMatchObject({ type: "approval.granted", artifacts: [{ name: "shot.txt", bytes: 4 }] });
  expect(() => decideGate(workspace, { ...deciding, run, gate: "ask" })).toThrowError(/was answered/);
  workspace.close();
});

test("an approval is taken back once", async () => {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  expect(runWithGate(workspace, run.toLowerCase(), "ask")).toBe(run);
  decideGate(workspace, { ...deciding, run });
  expect(runWithApproval(workspace, run, null)).toBe(run);
  const taking = { run, gate: null, reason: "too early", actor: ana };
  expect(revokeApproval(workspace, taking)).toMatchObject({ type: "approval.revoked" });
  expect(() => revokeApproval(workspace, taking)).toThrowError(/revoked|approval/);
  workspace.close();
});

test("a cancellation says why", async () => {
  const { workspace, run } = await started(asks);
  expect(() => requestCancel(workspace, run, { reason: " ", actor: ana })).toThrowError(/say why/);
  requestCancel(workspace, run, { reason: "not needed", actor: ana });
  expect(workspace.store.log.events(run).at(-1)).toMatchObject({ type: "cancel.requested" });
  workspace.close();
});
