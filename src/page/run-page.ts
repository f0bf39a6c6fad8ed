import { isOf, type RunEvent, type Artifact } from "../model/event.ts";
import type { Graph } from "../graph/graph.ts";
import { pathOf } from "../graph/path.ts";
import { toSvg } from "../graph/svg.ts";
import { visible } from "../redact/visible.ts";
import { htmlOf, type HtmlLook, anchorOf } from "../report/html.ts";
import { type ReportRecord, reportOf } from "../report/record.ts";
import { sectionNames, writeSections, type SectionName } from "../report/write.ts";
import { lanes } from "../timeline/lanes.ts";
import { toTimelineRows as timelineRows } from "../timeline/rows.ts";
import { contentsOf, documentOf, jsonBlock, nameOf, rowOf, shown } from "./document.ts";
import { pageEvents, type PageEventsInput, scrubberHtml } from "./page-events.ts";
import { timelineHtml } from "./timeline.ts";
import { excerptsOf } from "../report/excerpts.ts";
import type { Json } from "../model/json.ts";

/** What a page of a run is made of. */
export interface RunPageInput {
  /** As it is stored. */
  readonly record: ReportRecord;
  /** The machine, recomputed; or why it cannot be. */
  readonly machine: MachineViews | { readonly missing: string };
  /** `seq` of the events whose words are left out. */
  readonly withheld: ReadonlySet<number>;
  /** For whom it is. */
  readonly to: string;
  readonly files: { readonly style: string; readonly script: string };
}

export interface MachineViews {
  readonly statesOf: PageEventsInput["statesOf"];
  /** The runbook that a run goes by. */
  readonly graphOf: (events: readonly RunEvent[]) => Graph;
}

/** What rests on nothing that can be withheld, or says itself that it was. */
const always: readonly SectionName[] = ["header", "criteria", "approvals", "signOff", "integrity"];

/** The whole record of a run as one page: to read, to print, and to move through event by event. */
export async function runPage(page: RunPageInput): Promise<string> {
  const { record, withheld, files } = page;
  const runs = record.events.map((events) =>
    events.map((event) => (withheld.has(event.seq) ? blanked(event) : event)),
  );
  const root = runs[0]?.[0]?.run ?? "";
  const look = lookOf(runs, root);
  const told = { ...record, events: runs };
  const names = (withheld.size > 0 ? always : sectionNames).filter((name) => name !== "timeline");
  const [head = [], first = [], ...rest] = (await writeSections(told, names)).map((blocks) =>
    blocks.map((block) => htmlOf(block, look)),
  );
  const { html: machine, moments, styles } = machineOf(runs, page);
  const parts: readonly (readonly string[])[] = [
    first,
    ...machine,
    timelineHtml(timelineRows(runs), root, lanes),
    ...rest,
    await evidenceHtml(told, look),
  ];
  return documentOf({
    title: titleOf(record),
    style: files.style,
    inner: styles,
    script: files.script,
    body: [
      "<main>",
      section([...head, ...noticeOf(page)]),
      contentsOf(parts.flatMap(linkOf)),
      ...parts.map(section),
      "</main>",
      jsonBlock("moments", moments),
    ],
  });
}

/** The scrubber and the pictures, or one sentence in their place. */
function machineOf(runs: ReportRecord["events"], { machine, withheld }: RunPageInput) {
  if ("missing" in machine) {
    const why = `<p><strong>NOT SHOWN:</strong> the runbook that the run went by cannot be run again: ${shown(machine.missing)}</p>`;
    return { html: [[machineTitle, why]], moments: { texts: [], moments: [] }, styles: [] };
  }
  const pictures = runs.map((events) => pictureOf(events, machine));
  const moments = pageEvents({ runs, statesOf: machine.statesOf, isWithheld: withheld.size > 0 });
  const html = [scrubberHtml(moments.moments.length), [machineTitle, ...pictures.map((one) => one.html)]];
  return { html, moments, styles: [...new Set(pictures.map(({ style }) => style))] };
}

const machineTitle = '<h2 id="machine">The machine, and the path taken</h2>';

/** References lead to the rows of the timeline. */
function lookOf(runs: readonly (readonly RunEvent[])[], root: string): HtmlLook {
  const places = new Map(runs.flat().map((event) => [nameOf(root, event), rowOf(event.run, event.rseq)]));
  return { placeOf: (reference) => places.get(reference) };
}

/** The parts that have a title are in the contents. */
function linkOf([title = ""]: readonly string[]): readonly (readonly [string, string])[] {
  const [, id, name] = /^<h2 id="([^"]+)">([^<]*)<\/h2>$/.exec(title) ?? [];
  return id === undefined || name === undefined ? [] : [[id, name]];
}

function noticeOf({ record, withheld, to }: RunPageInput): readonly string[] {
  const copy = `<p>A copy for ${shown(to)}. It is a view of the record, not the record: what can be verified is the bundle.</p>`;
  if (withheld.size === 0) return [copy];
  const root = record.events[0]?.[0]?.run ?? "";
  const names = record.events
    .flat()
    .flatMap((event) => (withheld.has(event.seq) ? [nameOf(root, event)] : []));
  return [
    copy,
    `<p class="warning"><strong>WITHHELD.</strong> What ${names.length} events say is left out (${names.map(shown).join(", ")}), and so are the context of the machine and the parts of the write-up that rest on it. Names, times, digests and verdicts are complete.</p>`,
  ];
}

interface MachinePicture {
  readonly html: string;
  /** The picture's own style, which the page's policy has to name. */
  readonly style: string;
}

function pictureOf(events: readonly RunEvent[], { graphOf }: MachineViews): MachinePicture {
  const [first] = events;
  const graph = graphOf(events);
  const svg = visible(toSvg(graph, { path: pathOf(graph, events) }));
  const title = first !== undefined && isOf(first, "run.started") ? first.data.runbook.title : graph.title;
  const run = shown(first?.run ?? "");
  return {
    html: `<figure data-run="${run}"><figcaption>${run}: ${shown(title)}. The path taken is blue.</figcaption><div class="wide picture" tabindex="0">${svg}</div></figure>`,
    style: /<style>([^<]*)<\/style>/.exec(svg)?.[1] ?? "",
  };
}

/** The report as one page; it loads nothing and runs nothing. */
export async function reportPage(record: ReportRecord, style: string): Promise<string> {
  const [head = [], ...sections] = await writeSections(record, sectionNames);
  const titles = sections.flatMap(([title]) => (title === undefined ? [] : [title.replace(/^## /, "")]));
  const body = sections.map((blocks) => section(blocks.map((block) => htmlOf(block))));
  return documentOf({
    title: titleOf(record),
    style,
    body: [
      "<main>",
      section(head.map((block) => htmlOf(block))),
      contentsOf(titles.map((title) => [anchorOf(title), title])),
      ...body,
      "</main>",
    ],
  });
}

/** The run's id, for a tab. */
function titleOf({ events: [events] }: ReportRecord): string {
  return `Run ${events?.[0]?.run ?? ""}`;
}

/** Blocks that belong together. */
function section(html: readonly string[]): string {
  return ["<section>", ...html, "</section>"].join("\n");
}

/** What every attempt kept, and what people attached, as far as it is text; long files are cut, and named by their digests. */
async function evidenceHtml(record: ReportRecord, look: HtmlLook): Promise<readonly string[]> {
  const report = reportOf(record);
  const told = await Promise.all(
    report.runs
      .flatMap(({ view }) => view.kept)
      .map(async (kept) => {
        const { run, step, attempt, artifacts, rseq } = kept;
        const names = artifacts.map(({ name }) => name).join(", ");
        const where = nameOf(report.root.summary.run, { run, rseq });
        const by = attempt === null ? "attached by a person" : `attempt ${attempt}`;
        const blocks = await excerptsOf(report, kept);
        return [
          `<details><summary>${shown(`${where} ${step}, ${by}: ${names}`)}</summary>`,
          ...blocks.map((block) => htmlOf(block, look)),
          "</details>",
        ];
      }),
  );
  return [
    '<h2 id="what-steps-left">What the steps left</h2>',
    ...(told.length === 0 ? ["<p>Nothing.</p>"] : told.flat()),
  ];
}

/** What stands where something was withheld. */
const withheldWord = "[withheld]";

/** What people or the world said, by the name under which events hold it. */
const spokenFields = new Set([
  "reason",
  "note",
  "text",
  "title",
  "describe",
  "message",
  "choice",
  "owner",
  "why",
  "identity",
]);
/** What steps, forms and gates hold. */
const heldFields = new Set([
  "input",
  "values",
  "shown",
  "target",
  "tools",
  "failure",
  "options",
  "leftRunning",
]);

/** The event without what it says: its names, digests, numbers and verdicts stay, so that it keeps its place. */
function blanked(event: RunEvent): RunEvent {
  const artifacts: readonly Artifact[] = [];
  const data = Object.fromEntries(
    Object.entries(event.data).map(([name, value]) => [name, blank(event.type, name, value as Json)]),
  );
  return { ...event, data, artifacts } as unknown as RunEvent;
}

function blank(type: string, name: string, value: Json): Json {
  if (name === "output") return withheldWord;
  if (name === "failure") return { code: "WITHHELD", message: withheldWord, hint: "", data: {} };
  // Why a gate closed is one of a few words of the engine.
  if (spokenFields.has(name) && type !== "gate.closed") return value === null ? null : withheldWord;
  if (!heldFields.has(name)) return value;
  if (name === "target") return null;
  return Array.isArray(value) ? [] : {};
}
