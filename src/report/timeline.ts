import { formatMilliseconds } from "../model/duration.ts";
import { isOf, type RunEvent } from "../model/event.ts";
import { eventText } from "../model/event-text.ts";
import { utcClock, utcDay } from "../model/time-text.ts";
import { longestSilence, timelineOf } from "../model/timeline.ts";
import { table, text } from "./markdown.ts";
import type { Section } from "./record.ts";
import { between, reference, who } from "./report-text.ts";

/** Everything that was recorded, with the silences between. */
export const timeline: Section = (report) => {
  const entries = timelineOf(report.runs.map(({ events }) => events));
  const starts = new Map<string, string>();
  const kinds = new Map(
    report.runs.flatMap(({ attempts }) =>
      attempts.map(({ run, step, start }) => [`${run}/${step}`, start.kind]),
    ),
  );
  let day = "";
  const rows = entries.flatMap((entry): readonly (readonly string[])[] => {
    if (entry.type === "gap") {
      return [["", "**gap**", "", `**${formatMilliseconds(entry.ms)}**: ${text(entry.what)}`]];
    }
    const { event } = entry;
    const today = utcDay(event.at);
    const heading = today === day ? [] : [[`**${today}**`, "", "", ""]];
    day = today;
    const number = reference(report, event.run, event.rseq);
    const kind = "step" in event.data ? (kinds.get(`${event.run}/${event.data.step}`) ?? null) : null;
    const said = `${text(eventText(event, kind))}${took(starts, event)}`;
    return [...heading, [utcClock(event.at), number, who(event.actor), said]];
  });
  return [
    "## Timeline",
    `All times are UTC. Silence of more than ${longestSilence / 1_000} seconds is shown as a gap, with what was waited for.`,
    table(["Time", "Event", "Who", "What"], rows),
  ];
};

/** How long a step, or a person, took. */
function took(starts: Map<string, string>, event: RunEvent): string {
  const { run, at } = event;
  if (isOf(event, "step.started")) starts.set(`${run}/${event.data.step}`, at);
  if (isOf(event, "gate.opened")) starts.set(`${run}/gate/${event.data.gate}`, at);
  const from = isOf(event, "step.succeeded", "step.failed")
    ? starts.get(`${run}/${event.data.step}`)
    : isOf(event, "approval.granted", "approval.denied", "decision.made", "input.given")
      ? starts.get(`${run}/gate/${event.data.gate}`)
      : undefined;
  return from === undefined ? "" : ` (${between(from, at)})`;
}
