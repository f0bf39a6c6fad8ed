import type { Tags } from "../account/tags.ts";
import { tagsOf } from "../account/tags.ts";
import { AwsError } from "../account/world.ts";

export interface LogEvent {
  /** Counts up over the whole world, so that events of one millisecond keep their order. */
  readonly number: number;
  readonly stream: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export interface LogStream {
  readonly name: string;
  readonly created: number;
  readonly events: LogEvent[];
}

export interface LogGroup {
  readonly name: string;
  readonly created: number;
  readonly retention: number | undefined;
  readonly tags: Tags;
  readonly streams: Map<string, LogStream>;
}

export interface LogsState {
  readonly account: string;
  readonly region: string;
  readonly now: () => Date;
  readonly groups: Map<string, LogGroup>;
  count: number;
}

export function createLogsState(account: string, region: string, now: () => Date): LogsState {
  return { account, region, now, groups: new Map(), count: 0 };
}

export function arnOf({ region, account }: LogsState, group: string): string {
  return `arn:aws:logs:${region}:${account}:log-group:${group}`;
}

/** The group with this name or ARN. */
export function groupOf(state: LogsState, id: string): LogGroup {
  const name = /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]*)/.exec(id)?.[1] ?? id;
  const group = state.groups.get(name);
  if (!group)
    throw new AwsError("ResourceNotFoundException", `The specified log group does not exist: ${name}`);
  return group;
}

export function streamOf(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (!stream) throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
  return stream;
}

/** Adds an event, and its group and stream where they are missing: a container's log driver makes them too. */
export function putEvent(
  state: LogsState,
  given: {
    readonly group: string;
    readonly stream: string;
    readonly timestamp: number;
    readonly message: string;
  },
): void {
  const created = state.now().getTime();
  const fresh = { name: given.group, created, retention: undefined, tags: tagsOf({}), streams: new Map() };
  const group: LogGroup = state.groups.get(given.group) ?? fresh;
  state.groups.set(group.name, group);
  const stream = group.streams.get(given.stream) ?? { name: given.stream, created, events: [] };
  group.streams.set(stream.name, stream);
  state.count += 1;
  const { timestamp, message } = given;
  stream.events.push({
    number: state.count,
    stream: stream.name,
    timestamp,
    ingestionTime: created,
    message,
  });
}
