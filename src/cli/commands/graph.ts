import { toAscii } from "../../graph/ascii.ts";
import { graphOf } from "../../graph/graph.ts";
import { toHtml, toSvg } from "../../graph/svg.ts";
import { toMermaid } from "../../graph/mermaid.ts";
import { toStately } from "../../graph/stately.ts";
import { loadRunbook } from "../../loader/load.ts";
import { RunbookError } from "../../model/error.ts";
import { loadRun, type RunbookDrawing } from "../record/drawn-runbook.ts";
import type { Globals, Io } from "../io.ts";
import { printJson, printLines } from "../view/print.ts";
import { terminalColumns } from "../view/terminal-columns.ts";

export type GraphFormat = "ascii" | "mermaid" | "svg" | "json" | "html";

export interface GraphArgs {
  readonly runbook: string | undefined;
  readonly format: GraphFormat;
  /** The run whose path is marked. */
  readonly run: string | undefined;
}

/** Draws a runbook; with a run, as it was when that run went by it, and with the path that it took. */
export async function graph(args: GraphArgs, globals: Globals, io: Io): Promise<number> {
  const drawn = await load(args, globals, io);
  if (globals.json) printJson(io, "graph", { ...drawn.graph, path: drawn.path ?? null });
  else printLines(io, [render(drawn, args.format, Math.min(terminalColumns(io.stdout) ?? 80, 100))]);
  return 0;
}

function render(
  { runbook, graph: it, path }: RunbookDrawing,
  format: GraphArgs["format"],
  width: number,
): string {
  const marked = path === undefined ? {} : { path };
  switch (format) {
    case "ascii":
      return toAscii(it, { ...marked, width });
    case "mermaid":
      return toMermaid(it, marked);
    case "svg":
      return toSvg(it, marked);
    case "html":
      return toHtml(it, marked);
    case "json":
      return JSON.stringify(toStately(runbook), undefined, 2);
  }
}

async function load({ runbook: name, run }: GraphArgs, globals: Globals, io: Io): Promise<RunbookDrawing> {
  if (run !== undefined) return loadRun({ name, run }, globals, io);
  if (name === undefined) {
    throw new RunbookError("USAGE", "`graph` needs a runbook, or a run with `--run`.", {
      hint: "List the runbooks: runwright list --runbooks",
    });
  }
  const { runbook } = await loadRunbook(name, io);
  return { runbook, graph: graphOf(runbook) };
}
