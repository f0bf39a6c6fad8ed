import { exportLines } from "../../audit/export.ts";
import { withheldBy } from "../../audit/withhold.ts";
import type { RunEvent } from "../../model/event.ts";
import { exportingOf, give, rowsOf, writeBundle } from "../record/export-files.ts";
import { recordExport } from "../../runs/record-export.ts";
import { formOf, type ExportFlags } from "../record/export-form.ts";
import type { Globals, Io } from "../io.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { pageOf } from "../record/run-page.ts";
import { reportText } from "../record/report-record.ts";

export interface ExportArgs extends ExportFlags {
  readonly run: string;
  /** Who gets it. */
  readonly to: string;
  /** As for `verify`. */
  readonly replay?: boolean | undefined;
}

/** Writes a run's record for somebody else, and records that; what is there already is never written over. */
export async function exportRun(args: ExportArgs, globals: Globals, io: Io): Promise<number> {
  const { form, place } = formOf(args, io);
  return withRun(placeOf(globals, io), args.run, async (store, row) => {
    const runs = runTreeOf(store, row.run, () => []).map((member) => member.row.run);
    const before = rowsOf(store, runs);
    const own = before.filter(({ run }) => runs.includes(run)).map((one) => ({ ...one, event: null }));
    const withheld = withheldBy(args.withhold, row.run, own);
    const data = { to: args.to, runs, withheld: [...withheld] };
    const event = recordExport(store, row.run, { actor: actorAtKeyboard(io), data });
    const exporting = exportingOf(
      store,
      rowsOf(store, runs).filter(({ seq }) => seq <= event.seq),
      {
        to: args.to,
        runs,
        withheld,
      },
    );
    if (form === "md")
      await give(place, await reportText({ run: row.run, replay: args.replay }, globals, io), io);
    else if (form === "html")
      await give(place, await pageOf(store, { ...exporting, replay: args.replay }, row.run), io);
    else if (form === "jsonl") await give(place, exportLines(exporting), io);
    else await writeBundle(place, row.run, exporting, event.at);
    if (place !== null)
      printExport({ run: row.run, to: args.to, place, event, withheld: withheld.size }, globals, io);
    return 0;
  });
}

interface ExportNotice {
  readonly run: string;
  readonly to: string;
  readonly place: string;
  readonly event: RunEvent;
  readonly withheld: number;
}

function printExport({ run, to, place, event, withheld }: ExportNotice, globals: Globals, io: Io): void {
  const { seq, hash } = event;
  if (globals.json) return printJson(io, "export", { run, to, file: place, head: { seq, hash }, withheld });
  printLines(io, [
    `Record of ${run} for ${to}: ${place}${withheld === 0 ? "" : ` (${withheld} events withheld)`}`,
    `Give the recipient the head by another way: ${seq} ${hash}`,
  ]);
}
