import { attemptsNamed } from "../record/attempts-named.ts";
import type { GateRecord } from "../../model/gate-record.ts";
import { viewOf } from "../../model/run-view.ts";
import { attemptLines, showLines, gateHistoryLines } from "../view/show-lines.ts";
import type { Globals, Io } from "../io.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { detailOf, nextOf } from "../view/status-text.ts";
import { printJson, printLines } from "../view/print.ts";
import { statusOf } from "../../runs/run-status.ts";

export interface ShowArgs {
  readonly run: string;
  readonly step: string | undefined;
}

/** Shows a run with its steps, criteria, findings, follow-ups and evidence; or all that is known of one step. */
export async function show({ run, step }: ShowArgs, globals: Globals, io: Io): Promise<number> {
  return withRun(placeOf(globals, io), run, (store, row) => {
    const events = store.log.events(row.run);
    if (step !== undefined) {
      const gates = viewOf(events).gates.filter(({ gate }) => gate.step === step);
      const isPersons = gates.some(({ gate }) => gate.kind !== "inDoubt");
      const attempts = isPersons ? [] : attemptsNamed(row.run, events, step);
      if (globals.json) printJson(io, "step", { run: row.run, step, attempts, gates: gates.map(toldOf) });
      else printLines(io, [...attempts.flatMap(attemptLines), ...gates.flatMap(gateHistoryLines)]);
      return 0;
    }
    const status = statusOf(store, row.run);
    const all = runTreeOf(store, row.run).map(({ events: own }) => own);
    if (globals.json) {
      const attempts = all.flatMap((own) => viewOf(own).attempts);
      const { summary, state } = status;
      const told = { state, detail: detailOf(status), next: nextOf(status) };
      printJson(io, "show", { ...summary, ...told, attempts });
    } else printLines(io, showLines(status, all, io));
    return 0;
  });
}

/** A gate with its last answer; what else is known of it is in the events that `timeline --json` prints. */
function toldOf({ granted: _granted, used: _used, ...gate }: GateRecord): object {
  return gate;
}
