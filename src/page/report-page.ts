import { anchorOf, htmlOf } from "../report/html.ts";
import type { ReportRecord } from "../report/record.ts";
import { sectionNames, writeSections } from "../report/write.ts";
import { contentsOf, documentOf } from "./document.ts";

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
export function titleOf({ events: [events] }: ReportRecord): string {
  return `Run ${events?.[0]?.run ?? ""}`;
}

/** Blocks that belong together. */
export function section(html: readonly string[]): string {
  return ["<section>", ...html, "</section>"].join("\n");
}
