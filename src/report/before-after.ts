import { lastOfArn } from "../model/arn.ts";
import type { RecordedAttempt } from "../model/attempts.ts";
import { isTrue, numberAt, textAt, textsAt } from "../model/json-read.ts";
import { code, table, text } from "./markdown.ts";
import { requestOf, statusOfProbe } from "./probes.ts";
import type { Report, Section, ReportedRun } from "./record.ts";
import { reference } from "./report-text.ts";

/** The same questions, asked before and after. */
export const beforeAndAfter: Section = (report) => {
  const attempts = report.runs
    .flatMap((run) => run.attempts.map((attempt) => ({ ...attempt, isBefore: isBefore(run, attempt) })))
    .filter(({ outcome }) => outcome === "succeeded")
    .toSorted((one, other) => one.startedAt.localeCompare(other.startedAt));
  const parts = [...secrets(report, attempts), ...ingress(report, attempts), ...requests(report, attempts)];
  return [
    "## Before and after",
    ...(parts.length === 0 ? ["Nothing was looked at both before a change and after it."] : parts),
  ];
};

/** A look; before means before the first change of its own run. */
interface TimedAttempt extends RecordedAttempt {
  readonly isBefore: boolean;
}

function isBefore({ attempts }: ReportedRun, { startRseq }: RecordedAttempt): boolean {
  const first = attempts.find(({ start }) => start.effect === "write");
  return first === undefined || startRseq < first.startRseq;
}

interface FirstAndLast {
  readonly first: RecordedAttempt;
  readonly last: RecordedAttempt;
}

/** For each subject the first look before a change, and the last look at all. */
function pairs(
  attempts: readonly TimedAttempt[],
  kind: string,
  subjectOf: (attempt: RecordedAttempt) => string,
): readonly (FirstAndLast & { readonly subject: string })[] {
  const found = new Map<string, FirstAndLast>();
  for (const attempt of attempts) {
    if (attempt.start.kind !== kind) continue;
    const subject = subjectOf(attempt);
    const first = found.get(subject)?.first ?? (attempt.isBefore ? attempt : undefined);
    if (first !== undefined) found.set(subject, { first, last: attempt });
  }
  return [...found]
    .map(([subject, pair]) => ({ ...pair, subject }))
    .filter(({ first, last }) => first !== last);
}

function secrets(report: Report, attempts: readonly TimedAttempt[]): readonly string[] {
  const found = pairs(attempts, "ecs.describe-task-definition", ({ output }) => textAt(output, "family"));
  return found.flatMap(({ first, last, subject }) => {
    const [old, fresh] = [textsAt(first.output, "secrets"), textsAt(last.output, "secrets")];
    const names = [...new Set([...old, ...fresh])].toSorted();
    return [
      `### Secrets of task definition ${code(subject)}`,
      names.length === 0
        ? "Neither revision has any."
        : table(
            ["Secret", titleOf(report, "before", first), titleOf(report, "after", last), "Change"],
            names.map((name) => secretRow(name, { old, fresh })),
          ),
    ];
  });
}

function titleOf(report: Report, word: string, { output, run, rseq }: RecordedAttempt): string {
  return `${word}: ${code(lastOfArn(textAt(output, "arn")))} (${reference(report, run, rseq)})`;
}

function secretRow(
  name: string,
  { old, fresh }: { readonly old: readonly string[]; readonly fresh: readonly string[] },
): readonly string[] {
  const [was, is] = [old.includes(name), fresh.includes(name)];
  const change = was === is ? "same" : is ? "**added**" : "**REMOVED**";
  return [code(name), was ? "yes" : "no", is ? "yes" : "no", change];
}

function ingress(report: Report, attempts: readonly TimedAttempt[]): readonly string[] {
  const found = pairs(attempts, "ec2.security-group-ingress", ({ output }) =>
    [textAt(output, "group"), textAt(output, "source"), String(numberAt(output, "port"))].join(" "),
  );
  if (found.length === 0) return [];
  const rows = found.flatMap(({ first, last }) => [
    ingressRow(report, "before", first),
    ingressRow(report, "after", last),
  ]);
  return [
    "### Ingress of security groups",
    table(["When", "Group", "Source", "Port", "Admitted", "By rules", "Ingress rules", "Evidence"], rows),
  ];
}

function ingressRow(report: Report, word: string, { output, run, rseq }: RecordedAttempt): readonly string[] {
  const rules = textsAt(output, "ruleIds");
  return [
    word,
    code(textAt(output, "group")),
    code(textAt(output, "source")),
    String(numberAt(output, "port") ?? ""),
    isTrue(output, "admitted") ? "**yes**" : "**no**",
    rules.length === 0 ? "none" : rules.map(code).join(", "),
    String(numberAt(output, "rules") ?? ""),
    reference(report, run, rseq),
  ];
}

function requests(report: Report, attempts: readonly TimedAttempt[]): readonly string[] {
  const found = pairs(attempts, "http.probe", requestOf);
  if (found.length === 0) return [];
  return [
    "### Requests",
    table(
      ["Request", "Before", "After"],
      found.map(({ first, last, subject }) => [
        code(subject),
        ...[first, last].map(
          (attempt) => `${text(statusOfProbe(attempt))} (${reference(report, attempt.run, attempt.rseq)})`,
        ),
      ]),
    ),
  ];
}
