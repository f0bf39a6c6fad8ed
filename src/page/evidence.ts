import { excerptsOf } from "../report/excerpts.ts";
import { htmlOf, type HtmlLook } from "../report/html.ts";
import { reportOf, type ReportRecord } from "../report/record.ts";
import { nameOf, shown } from "./words.ts";

/** What every attempt kept, as far as it is text; long files are cut, and named by their digests. */
export async function evidenceHtml(record: ReportRecord, look: HtmlLook): Promise<readonly string[]> {
  const report = reportOf(record);
  const attempts = report.runs.flatMap((run) => run.attempts).filter(({ artifacts }) => artifacts.length > 0);
  const told = await Promise.all(
    attempts.map(async (attempt) => {
      const { run, step, artifacts, rseq } = attempt;
      const names = artifacts.map(({ name }) => name).join(", ");
      const where = rseq === null ? "" : nameOf(report.root.summary.run, { run, rseq });
      const blocks = await excerptsOf(report, attempt);
      return [
        `<details><summary>${shown(`${where} ${step}, attempt ${attempt.attempt}: ${names}`)}</summary>`,
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
