import { headOf, sign, type SignRequest } from "../engine/sign.ts";
import { RunbookError } from "../model/error.ts";
import type { RunEvent } from "../model/event.ts";
import { recordDecision } from "./decisions.ts";
import { runTreeOf } from "./find-run.ts";
import { verifyStored } from "./verify.ts";
import type { Workspace } from "./workspace.ts";

/** The newest event of a run and its child runs, whose hash a person signs; throws `RECORD_BROKEN` where the record does not verify. */
export async function headToSign({ store }: Workspace, run: string): Promise<RunEvent> {
  const family = runTreeOf(store, run);
  const { checks } = await verifyStored(
    store,
    family.map(({ row }) => row.run),
  );
  const failed = checks.find(({ verdict }) => verdict === "fail");
  // Nobody's name is put under a record that contradicts itself.
  if (failed === undefined) return headOf(family.map(({ events }) => events));
  throw new RunbookError(
    "RECORD_BROKEN",
    `The record of ${run} does not verify (${failed.name}: ${failed.detail}), so nothing was signed.`,
  );
}

/** Records a person's sign-off on an ended run; throws as `sign` does. Whoever calls it has asked `headToSign` before. */
export function signOff(workspace: Workspace, run: string, signing: SignRequest): RunEvent {
  return recordDecision(workspace, run, () =>
    sign(
      runTreeOf(workspace.store, run).map(({ events }) => events),
      signing,
    ),
  );
}
