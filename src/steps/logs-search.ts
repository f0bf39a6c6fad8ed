import type { FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { z } from "zod";
import { defineStep, type StepContext } from "../model/step.ts";
import { ask } from "./aws/ask.ts";
import { logs } from "./aws/clients.ts";
import { region } from "./parts/shapes.ts";
import { shellWord, awsLine } from "./parts/shell.ts";

/** One page holds at most 10,000 events or 1 MB; a search that needs more pages than this says that it was cut. */
const mostPages = 50;
const longestMessage = 2_000;

const input = z
  .strictObject({
    logGroup: z.string().min(1),
    /** A literal phrase, not a filter expression. */
    pattern: z.string().min(1),
    /** The window begins so long ago ... */
    sinceMinutes: z.int().min(1).optional(),
    /** ... or at this time, and ends now or at `until`. */
    since: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
    /** How many samples are kept: the newest. */
    limit: z.int().min(0).max(100).default(5),
    region,
  })
  .refine(({ sinceMinutes, since }) => (sinceMinutes === undefined) !== (since === undefined), {
    error: "needs either `sinceMinutes` or `since`",
  });
type LogSearch = z.output<typeof input>;

interface TimeWindow {
  readonly from: Date;
  readonly to: Date;
}

interface FoundEvents {
  readonly events: readonly FilteredLogEvent[];
  readonly truncated: boolean;
}

/** Counts a phrase in a log group over a time window and keeps the newest samples. */
export const logsSearch = defineStep({
  kind: "logs.search",
  effect: "read",
  risk: "none",
  timeout: "2m",
  input,
  output: z.strictObject({
    count: z.int(),
    samples: z.array(z.strictObject({ at: z.string(), stream: z.string(), message: z.string() })),
    from: z.string(),
    to: z.string(),
    /** The window held more than was read, so `count` is too low. */
    truncated: z.boolean(),
  }),
  describe: ({ logGroup, pattern, sinceMinutes, since }) =>
    `search ${logGroup} for "${pattern}" since ${since ?? `${sinceMinutes} minutes`}`,
  commands: ({ logGroup, pattern, sinceMinutes, since, region: where }) => [
    [
      awsLine("logs filter-log-events", {
        "log-group-name": logGroup,
        "filter-pattern": quoted(pattern),
        region: where,
      }),
      `--start-time "$(date -d ${shellWord(since ?? `-${sinceMinutes} minutes`)} +%s000)"`,
    ].join(" "),
  ],
  run: async (search, ctx) => {
    const window = windowOf(search, ctx.clock.now());
    const { events, truncated } = await readEvents(search, window, ctx);
    const result = {
      count: events.length,
      samples: newest(events, search.limit).map(sample),
      from: window.from.toISOString(),
      to: window.to.toISOString(),
      truncated,
    };
    ctx.evidence("log-search.json", { logGroup: search.logGroup, pattern: search.pattern, ...result });
    return result;
  },
});

function windowOf({ sinceMinutes, since, until }: LogSearch, now: Date): TimeWindow {
  const to = until === undefined ? now : new Date(until);
  const from = since === undefined ? new Date(to.getTime() - (sinceMinutes ?? 0) * 60_000) : new Date(since);
  return { from, to };
}

async function readEvents(
  search: LogSearch,
  { from, to }: TimeWindow,
  ctx: StepContext,
): Promise<FoundEvents> {
  const client = await logs(ctx, search.region);
  const what = `\`logs:FilterLogEvents\` of \`${search.logGroup}\``;
  const events: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const request = {
      logGroupName: search.logGroup,
      filterPattern: quoted(search.pattern),
      startTime: from.getTime(),
      endTime: to.getTime(),
      nextToken,
    };
    const answer = await ask(ctx, what, (options) => client.filterLogEvents(request, options));
    events.push(...(answer.events ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { events, truncated: false };
  }
  return { events, truncated: true };
}

/** In quotes a filter pattern is a phrase, whatever characters it holds. */
function quoted(phrase: string): string {
  return `"${phrase.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
}

function newest(events: readonly FilteredLogEvent[], limit: number): readonly FilteredLogEvent[] {
  // Events of the same millisecond come in the order in which they were written.
  return events
    .toReversed()
    .toSorted((a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0))
    .slice(0, limit);
}

function sample({ timestamp, logStreamName, message }: FilteredLogEvent): {
  readonly at: string;
  readonly stream: string;
  readonly message: string;
} {
  return {
    at: new Date(timestamp ?? 0).toISOString(),
    stream: logStreamName ?? "",
    message: (message ?? "").trimEnd().slice(0, longestMessage).toWellFormed(),
  };
}
