/** The write-up of a run as Markdown, from the timeline alone: whoever was not there can read it and check it. */
import { approvals } from "./approvals.ts";
import { beforeAndAfter } from "./before-after.ts";
import { cause } from "./cause.ts";
import { evidence, integrity, signOff, conclusion, nextSteps } from "./conclusion.ts";
import { criteriaSection, regression, verification } from "./criteria.ts";
import { deployments } from "./deployments.ts";
import { doubts } from "./doubts.ts";
import { fix } from "./fix.ts";
import { header, summarySection } from "./header.ts";
import { lock } from "./lock.ts";
import type { Block } from "./markdown.ts";
import { reportOf, type ReportRecord, type Section } from "./record.ts";
import { resources } from "./resources.ts";
import { secondary } from "./secondary.ts";
import { timeline } from "./timeline.ts";

const sections = {
  header,
  summary: summarySection,
  cause,
  lock,
  fix,
  resources,
  beforeAndAfter,
  verification,
  regression,
  deployments,
  timeline,
  secondary,
  criteria: criteriaSection,
  approvals,
  doubts,
  nextSteps,
  conclusion,
  signOff,
  integrity,
  evidence,
} as const satisfies Readonly<Record<string, Section>>;

export type SectionName = keyof typeof sections;

/** In the order of the report. */
export const sectionNames = Object.keys(sections) as readonly SectionName[];

/** Sections of the report, each as its blocks. */
export async function writeSections(
  record: ReportRecord,
  names: readonly SectionName[],
): Promise<readonly (readonly Block[])[]> {
  const report = reportOf(record);
  return Promise.all(names.map(async (name) => sections[name](report)));
}

/** The complete report; the same record always gives the same text. */
export async function writeReport(record: ReportRecord): Promise<string> {
  return `${(await writeSections(record, sectionNames)).flat().join("\n\n")}\n`;
}
