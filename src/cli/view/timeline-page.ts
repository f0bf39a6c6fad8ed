import path from "node:path";
import type { RunEvent } from "../../model/event.ts";
import { eventText } from "../../model/event-text.ts";
import type { TimelineRow } from "../../timeline/rows.ts";
import { visible } from "../../redact/visible.ts";
import type { StoredRecording } from "../../store/recordings.ts";
import type { RunRow } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { styleOf } from "./render-context.ts";
import { utc } from "./print.ts";
import { timelineLines } from "./timeline-lines.ts";
import { localZone, utcZone } from "./zone.ts";

/** What a page of the timeline is made of, besides its rows. */
export interface TimelinePage {
  readonly all: readonly TimelineRow[];
  readonly recordings: readonly StoredRecording[];
  readonly local: boolean;
  readonly globals: Globals;
  readonly io: Io;
}

/** The rows of a timeline for people, with what was left out of them. */
export function linesFor(
  { run, startedAt }: RunRow,
  rows: readonly TimelineRow[],
  { all, recordings, local, globals, io }: TimelinePage,
): readonly string[] {
  const style = styleOf(io, globals);
  const lines = timelineLines(rows, { ...style, root: run, zone: local ? localZone(startedAt) : utcZone });
  if (rows.length === all.length) return [...lines, ...recordingLines(recordings, io.cwd)];
  return [
    ...lines,
    "",
    `${countOf(rows)} of ${countOf(all)} events; without a filter: runwright timeline ${run}`,
  ];
}

function recordingLines(recordings: readonly StoredRecording[], cwd: string): readonly string[] {
  if (recordings.length === 0) return [];
  const listed = recordings.map(({ file, startedAt }) => `  ${utc(startedAt)}  ${path.relative(cwd, file)}`);
  return ["", "Recordings of the terminal, to be played by asciinema:", ...listed.map(visible)];
}

function countOf(rows: readonly TimelineRow[]): number {
  return eventsOf(rows).length;
}

/** The events among the rows. */
export function eventsOf(rows: readonly TimelineRow[]): readonly RunEvent[] {
  return rows.flatMap((row) => (row.type === "event" ? [row.event] : []));
}

/** A row as data. */
export function jsonOf(row: TimelineRow): object {
  if (row.type === "gap") {
    const { after, ms, why, what } = row;
    return { type: "gap", afterSeq: after.seq, from: after.at, milliseconds: ms, why, what };
  }
  const { event, lane, kind, step, attempt, ms, failed } = row;
  const { seq, run, rseq, at, actor, artifacts, hash } = event;
  const about = { lane, step, attempt, milliseconds: ms, failed, what: eventText(event, kind) };
  return { type: "event", seq, run, rseq, at, actor, event: event.type, ...about, artifacts, hash };
}
