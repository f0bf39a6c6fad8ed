/** How everything stood after each event, small enough for a page: only what an event changed, and each text once. */
import type { RunInspection } from "../engine/inspect.ts";
import type { Gate, RunEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { eventText } from "../model/event-text.ts";
import { applyTo, type FoldedRun } from "../model/run-view.ts";
import { shortenText } from "../model/shorten.ts";
import { visible, visibleLine } from "../redact/visible.ts";
import { nameOf, rowOf, stateInWords } from "./document.ts";

/** A longer value is cut. */
const mostOfOne = 20_000;
/** Beyond that, values are left out. */
const mostOfAll = 6_000_000;

export interface PageEvent {
  readonly run: string;
  readonly name: string;
  readonly row: string;
  readonly at: string;
  readonly type: string;
  readonly what: string;
  /** What it changed in its run: the place of the new text, or null for what is gone. */
  readonly set: Readonly<Record<string, number | null>>;
}

export interface PageEvents {
  readonly texts: readonly string[];
  readonly moments: readonly PageEvent[];
}

export interface PageEventsInput {
  readonly runs: readonly (readonly RunEvent[])[];
  /** A run's state after each of its events. */
  readonly statesOf: (run: string) => Iterable<RunInspection>;
  /** Whether what was said is left out: then so is the context, which is made of it. */
  readonly isWithheld: boolean;
}

/** Every moment, in the order in which the events were stored. */
export function pageEvents({ runs, statesOf, isWithheld }: PageEventsInput): PageEvents {
  const root = runs[0]?.[0]?.run ?? "";
  const pool = createPool();
  const tracks = new Map(runs.map((events) => [events[0]?.run ?? "", createTrack()]));
  const views = new Map<string, FoldedRun>();
  const states = new Map([...tracks.keys()].map((run) => [run, statesOf(run)[Symbol.iterator]()]));
  const inOrder = runs.flat().toSorted((one, other) => one.seq - other.seq);
  const moments = inOrder.flatMap((event): readonly PageEvent[] => {
    const { run, rseq, at, type } = event;
    const next = states.get(run)?.next();
    const track = tracks.get(run);
    if (next === undefined || next.done === true || track === undefined) return [];
    const fields = {
      ...factsOf(next.value, applyTo(views, event).summary.gates),
      ...(isWithheld ? {} : contextOf(next.value)),
    };
    if (isWithheld) for (const name of ["fault", "cancel asked"]) delete fields[name];
    const what = visibleLine(eventText(event));
    const set = track.change(mapped(fields, pool.put));
    return [{ run, name: nameOf(root, event), row: rowOf(run, rseq), at, type, what, set }];
  });
  return { texts: pool.texts, moments };
}

type TextFields = Record<string, string>;

function factsOf(
  { value, waitsFor, withdrawn, verdicts, fault, cancel, end }: RunInspection,
  gates: readonly Gate[],
): TextFields {
  const waits = waitsFor.map(
    ({ type, id, intent }) => `${type} ${id}${intent === null ? " (not begun)" : ""}`,
  );
  const criteria = Object.entries(verdicts).map(([id, verdict]) => `${id}: ${verdict.toUpperCase()}`);
  return {
    state: stateInWords(value),
    "waits for": waits.join("\n"),
    ending: withdrawn.join("\n"),
    "open gate": gates.map(gateInWords).join("\n\n"),
    criteria: criteria.join("\n"),
    fault: fault === null ? "" : `${fault.code}: ${fault.message}`,
    "cancel asked": cancel ?? "",
    ended: end ?? "",
  };
}

function gateInWords({ gate, title, risk, digest, shown, options }: Gate): string {
  const lines = shown["lines"];
  const choices = options.map(({ id, label }) => `( ) ${id}: ${label}`);
  return [
    `${gate}: ${title} (risk ${risk})`,
    typeof shown["summary"] === "string" ? shown["summary"] : "",
    ...(Array.isArray(lines) ? lines.map(String) : []),
    ...choices,
    `digest ${digest}`,
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** The context in parts, because most events change only one of them. */
function contextOf({ context }: RunInspection): TextFields {
  return Object.fromEntries(
    partsOf(context).flatMap(([name, value]) =>
      partsOf(value).map(([inner, part]) => {
        const path = [name, inner].filter((word) => word !== "").join(".");
        return [`context.${path}`, JSON.stringify(part, undefined, 1)];
      }),
    ),
  );
}

function partsOf(value: Json): readonly (readonly [string, Json])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [["", value]];
  const parts = Object.entries(value).map(([name, part]) => [name, part ?? null] as const);
  return parts.length === 0 ? [["", value]] : parts;
}

function mapped(fields: TextFields, put: (text: string) => number): ReadonlyMap<string, number> {
  const told = Object.entries(fields).filter(([, text]) => text !== "");
  return new Map(told.map(([name, text]) => [visibleLine(name), put(text)]));
}

/** Each text once, within limits. */
function createPool() {
  const texts: string[] = [];
  const known = new Map<string, number>();
  let size = 0;
  function put(text: string): number {
    const found = known.get(text);
    if (found !== undefined) return found;
    const cut = shortenText(text, mostOfOne);
    const kept =
      size + cut.length <= mostOfAll
        ? cut
        : "[left out, because the page would be too large; it is in the record]";
    size += kept.length;
    known.set(text, texts.length);
    return texts.push(visible(kept)) - 1;
  }
  return { texts, put };
}

/** What is known of one run so far. */
function createTrack() {
  let before: ReadonlyMap<string, number> = new Map();
  return {
    change(now: ReadonlyMap<string, number>): PageEvent["set"] {
      const fresh = [...now].filter(([name, place]) => before.get(name) !== place);
      const gone = [...before.keys()].filter((name) => !now.has(name)).map((name) => [name, null] as const);
      before = now;
      return Object.fromEntries([...fresh, ...gone]);
    },
  };
}

/** Controls that page/scrub.js brings to life; without it they stay hidden, and the timeline says the same in words. */
export function scrubberHtml(count: number): readonly string[] {
  return [
    '<h2 id="moments-title">Event by event</h2>',
    "<noscript><p>Moving through the events needs JavaScript. Everything else on this page does not.</p></noscript>",
    '<div id="scrubber" hidden>',
    '<div class="controls">',
    '<button type="button" id="first">First</button>',
    '<button type="button" id="back">Back</button>',
    `<input type="range" id="place" min="1" max="${Math.max(1, count)}" value="1" aria-label="Event" aria-describedby="keys">`,
    '<button type="button" id="on">On</button>',
    '<button type="button" id="last">Last</button>',
    "</div>",
    '<p id="keys">Arrow keys move by one, Page Up and Page Down by ten, Home and End to the ends; on the whole page, j and k.</p>',
    '<p id="now" aria-live="polite"></p>',
    '<div id="standing"></div>',
    "</div>",
  ];
}
