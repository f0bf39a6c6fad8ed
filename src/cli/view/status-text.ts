import { rests } from "../../model/summary.ts";
import { openRuns, type OpenGate, type RunStatus } from "../../runs/run-status.ts";
import { commandsOf } from "./pause.ts";
import { utc } from "./print.ts";
import { counted } from "../../model/counted.ts";

/** What the state of a run needs to be understood; empty where the word says it all. */
export function detailOf(status: RunStatus): string {
  const { summary, gates, state } = status;
  const open = openRuns(status);
  switch (state) {
    case "succeeded":
      return summary.followUps.length === 0 ? "" : `${counted(summary.followUps.length, "follow-up")} open`;
    case "failed":
    case "cancelled":
      return summary.reason ?? "";
    case "faulted":
      return open.find(({ fault }) => fault !== null)?.fault?.message ?? "";
    case "waiting": {
      const due = open.flatMap(({ timers }) => timers.map((timer) => timer.due)).toSorted()[0];
      if (gates.length === 0) return due === undefined ? "" : `until ${utc(due)}`;
      return `for ${gates.map(({ gate }) => (gate.kind === "approval" ? "an approval" : "a decision")).join(" and ")}`;
    }
    case "interrupted":
      return "no engine drives it; nothing that was recorded is lost";
    case "running":
      return "";
  }
}

/** What to type next. */
export function nextOf(status: RunStatus): string {
  const { summary, gates, engine, state } = status;
  const { run } = summary;
  if (state === "succeeded" || state === "failed" || state === "cancelled") return `runwright report ${run}`;
  if (state === "faulted") return `runwright resume ${run} --migrate`;
  const [first] = gates;
  if (first !== undefined) return answerCommand(first);
  if (engine !== null) return `runwright timeline ${run}`;
  const isEarly = openRuns(status).some(rests);
  return isEarly ? `runwright resume ${run}   (when it is due)` : `runwright resume ${run}`;
}

/** The command that answers a gate: for a choice the suggested one. */
function answerCommand({ summary: { run }, gate }: OpenGate): string {
  const commands = commandsOf(run, gate);
  const suggested = gate.options.find((option) => option.suggested)?.id;
  const [, command] = commands.find(([label]) => label === `${suggested}:`) ?? commands[0] ?? [];
  return command ?? `runwright status ${run}`;
}
