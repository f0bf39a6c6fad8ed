import { flag, optionalInteger, optionalText, text, texts } from "../account/input.ts";
import { AwsError, type Request } from "../account/world.ts";
import { parsePattern } from "./logs-pattern.ts";
import { groupOf, streamOf, type LogEvent, type LogGroup, type LogsState } from "./logs-state.ts";

const pageLimit = 10_000;

/** One page of a group's events, oldest first, that the pattern and the time window let through. */
export function filterLogEvents(state: LogsState, request: Request): unknown {
  const group = wantedGroup(state, request);
  const matches = parsePattern(optionalText(request, "filterPattern") ?? "");
  const [start, end] = timeWindow(request);
  const after = readToken(request, "f");
  const found = wantedStreams(group, request)
    .filter((event) => event.timestamp >= start && event.timestamp <= end && matches(event.message))
    .toSorted(byTime);
  const from = after === undefined ? 0 : after;
  const to = from + (optionalInteger(request, "limit") ?? pageLimit);
  return {
    events: found
      .slice(from, to)
      .map((event) => ({ ...describe(event), logStreamName: event.stream, eventId: eventId(event) })),
    searchedLogStreams: [],
    nextToken: to < found.length ? `f/${to}` : undefined,
  };
}

/** One page of a stream's events: the newest, or from the head, or where a token of an earlier page points to. */
export function getLogEvents(state: LogsState, request: Request): unknown {
  const stream = streamOf(wantedGroup(state, request), text(request, "logStreamName"));
  const [start, end] = timeWindow(request);
  const events = stream.events
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
    .toSorted(byTime);
  const limit = optionalInteger(request, "limit") ?? pageLimit;
  const forward = readToken(request, "f");
  const backward = readToken(request, "b");
  const newest = flag(request, "startFromHead") === true ? 0 : Math.max(0, events.length - limit);
  const from = forward ?? (backward === undefined ? newest : Math.max(0, backward - limit));
  const to = Math.min(backward ?? events.length, from + limit, events.length);
  return {
    events: events.slice(from, to).map(describe),
    nextForwardToken: `f/${to}`,
    nextBackwardToken: `b/${from}`,
  };
}

function wantedGroup(state: LogsState, request: Request): LogGroup {
  return groupOf(state, optionalText(request, "logGroupIdentifier") ?? text(request, "logGroupName"));
}

function wantedStreams(group: LogGroup, request: Request): readonly LogEvent[] {
  const names = texts(request, "logStreamNames");
  const prefix = optionalText(request, "logStreamNamePrefix") ?? "";
  const streams = names.length > 0 ? names.map((name) => streamOf(group, name)) : [...group.streams.values()];
  return streams.filter(({ name }) => name.startsWith(prefix)).flatMap(({ events }) => events);
}

function timeWindow(request: Request): readonly [number, number] {
  return [optionalInteger(request, "startTime") ?? 0, optionalInteger(request, "endTime") ?? Infinity];
}

function readToken(request: Request, direction: "f" | "b"): number | undefined {
  const token = optionalText(request, "nextToken");
  if (token === undefined) return undefined;
  const [, given, position] = /^([fb])\/(\d+)$/.exec(token) ?? [];
  if (given === undefined) {
    throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
  }
  return given === direction ? Number(position) : undefined;
}

function byTime(one: LogEvent, other: LogEvent): number {
  return one.timestamp - other.timestamp || one.number - other.number;
}

function describe({ timestamp, message, ingestionTime }: LogEvent) {
  return { timestamp, message, ingestionTime };
}

function eventId(event: LogEvent): string {
  return String(event.number).padStart(56, "0");
}
