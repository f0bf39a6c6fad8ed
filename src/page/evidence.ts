import { excerptsOf } from "../report/excerpts.ts";
import { htmlOf, type HtmlLook } from "../report/html.ts";
import { reportOf, type ReportRecord } from "../report/record.ts";
import { nameOf, shown } from "./document.ts";

/** What every attempt kept, and what people attached, as far as it is text; long files are cut, and named by their digests. */
export async function evidenceHtml(record: ReportRecord, look: HtmlLook): Promise<readonly string[]> {
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
