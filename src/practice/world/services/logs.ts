/** CloudWatch Logs: groups, streams, and reading events back. */
import { optionalInteger, optionalRecord, optionalText, records, text, texts } from "../account/input.ts";
import { dropTags, tagsOf, type TagValues } from "../account/tags.ts";
import { AwsError, type Request, type Service } from "../account/world.ts";
import { filterLogEvents, getLogEvents } from "./logs-events.ts";
import {
  arnOf,
  createLogsState,
  groupOf,
  putEvent,
  streamOf,
  type LogGroup,
  type LogsState,
} from "./logs-state.ts";

export interface LogGroupSeed {
  readonly name: string;
  readonly retentionInDays?: number;
  readonly tags?: TagValues;
}

export interface Logs {
  readonly service: Service;
  readonly put: (group: string, stream: string, message: string) => void;
  readonly putLogGroup: (seed: LogGroupSeed) => void;
}

export function createLogs(account: string, region: string, now: () => Date): Logs {
  const state = createLogsState(account, region, now);
  return {
    service: {
      ...groups(state),
      ...tagging(state),
      ...streams(state),
      GetLogEvents: (request) => getLogEvents(state, request),
      FilterLogEvents: (request) => filterLogEvents(state, request),
    },
    put: (group, stream, message) => putEvent(state, { group, stream, message, timestamp: now().getTime() }),
    putLogGroup: ({ name, retentionInDays, tags }) => {
      addGroup(state, name, { retention: retentionInDays, tags: tagsOf(tags) });
    },
  };
}

function groups(state: LogsState): Service {
  return {
    CreateLogGroup: (request, { ledger }) => {
      const name = text(request, "logGroupName");
      if (state.groups.has(name)) {
        throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
      }
      addGroup(state, name, { retention: undefined, tags: tagsOf(tagMap(request)) });
      ledger.record("logs:CreateLogGroup", name, request);
      return {};
    },
    DeleteLogGroup: (request, { ledger }) => {
      const { name } = groupOf(state, text(request, "logGroupName"));
      state.groups.delete(name);
      ledger.record("logs:DeleteLogGroup", name, request);
      return {};
    },
    DescribeLogGroups: (request) => {
      const prefix = optionalText(request, "logGroupNamePrefix") ?? "";
      const pattern = optionalText(request, "logGroupNamePattern") ?? "";
      const wanted = [...state.groups.values()]
        .filter(({ name }) => name.startsWith(prefix) && name.includes(pattern))
        .toSorted((one, other) => (one.name < other.name ? -1 : 1));
      return { logGroups: wanted.map((group) => describeGroup(state, group)) };
    },
    PutRetentionPolicy: (request, { ledger }) => {
      const group = groupOf(state, text(request, "logGroupName"));
      const days = optionalInteger(request, "retentionInDays");
      if (setRetention(state, group, days)) ledger.record("logs:PutRetentionPolicy", group.name, request);
      return {};
    },
    DeleteRetentionPolicy: (request, { ledger }) => {
      const group = groupOf(state, text(request, "logGroupName"));
      if (setRetention(state, group, undefined)) {
        ledger.record("logs:DeleteRetentionPolicy", group.name, request);
      }
      return {};
    },
  };
}

function addGroup(state: LogsState, name: string, given: Pick<LogGroup, "retention" | "tags">): void {
  state.groups.set(name, { name, created: state.now().getTime(), streams: new Map(), ...given });
}

function setRetention(state: LogsState, group: LogGroup, retention: number | undefined): boolean {
  state.groups.set(group.name, { ...group, retention });
  return group.retention !== retention;
}

function describeGroup(state: LogsState, group: LogGroup): unknown {
  return {
    logGroupName: group.name,
    creationTime: group.created,
    retentionInDays: group.retention,
    metricFilterCount: 0,
    arn: `${arnOf(state, group.name)}:*`,
    logGroupArn: arnOf(state, group.name),
    storedBytes: 0,
    logGroupClass: "STANDARD",
  };
}

function tagging(state: LogsState): Service {
  return {
    ListTagsForResource: (request) => {
      const { tags } = groupOf(state, text(request, "resourceArn"));
      return { tags: Object.fromEntries(tags) };
    },
    TagResource: (request, { ledger }) => {
      const group = groupOf(state, text(request, "resourceArn"));
      for (const [key, value] of Object.entries(tagMap(request))) group.tags.set(key, value);
      ledger.record("logs:TagResource", group.name, request);
      return {};
    },
    UntagResource: (request, { ledger }) => {
      const group = groupOf(state, text(request, "resourceArn"));
      if (dropTags(group.tags, texts(request, "tagKeys"))) {
        ledger.record("logs:UntagResource", group.name, request);
      }
      return {};
    },
  };
}

function tagMap(request: Request): TagValues {
  const given = Object.entries(optionalRecord(request, "tags") ?? {});
  return Object.fromEntries(given.map(([key, value]) => [key, String(value)]));
}

function streams(state: LogsState): Service {
  return {
    CreateLogStream: (request, { ledger }) => {
      const group = groupOf(state, text(request, "logGroupName"));
      const name = text(request, "logStreamName");
      if (group.streams.has(name)) {
        throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
      }
      group.streams.set(name, { name, created: state.now().getTime(), events: [] });
      ledger.record("logs:CreateLogStream", `${group.name}:${name}`, request);
      return {};
    },
    DescribeLogStreams: (request) => {
      const id = optionalText(request, "logGroupIdentifier") ?? text(request, "logGroupName");
      const group = groupOf(state, id);
      const prefix = optionalText(request, "logStreamNamePrefix") ?? "";
      const wanted = [...group.streams.values()].filter(({ name }) => name.startsWith(prefix));
      return {
        logStreams: wanted.map(({ name, created, events }) => ({
          logStreamName: name,
          creationTime: created,
          firstEventTimestamp: events[0]?.timestamp,
          lastEventTimestamp: events.at(-1)?.timestamp,
          lastIngestionTime: events.at(-1)?.ingestionTime,
          arn: `${arnOf(state, group.name)}:log-stream:${name}`,
          storedBytes: 0,
        })),
      };
    },
    PutLogEvents: (request, { ledger }) => {
      const group = groupOf(state, text(request, "logGroupName")).name;
      const stream = streamOf(groupOf(state, group), text(request, "logStreamName")).name;
      const events = records(request, "logEvents");
      for (const event of events) {
        const timestamp = optionalInteger(event, "timestamp") ?? state.now().getTime();
        putEvent(state, { group, stream, timestamp, message: text(event, "message") });
      }
      ledger.record("logs:PutLogEvents", `${group}:${stream}`, { group, stream, events: events.length });
      return { nextSequenceToken: String(state.count) };
    },
  };
}
