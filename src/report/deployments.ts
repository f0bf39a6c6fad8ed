import { lastOfArn } from "../model/arn.ts";
import type { RecordedAttempt } from "../model/attempts.ts";
import { textAt } from "../model/json-read.ts";
import { code, table, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { reference, when } from "./report-text.ts";

/** One deployment that the run asked for, and what is known of its end. */
export interface Deployment {
  readonly id: string;
  readonly revision: string;
  readonly asked: RecordedAttempt;
  readonly awaited: RecordedAttempt | null;
  /** PASSED only when this deployment of this revision was seen to complete. */
  readonly verdict: string;
  readonly reason: string;
}

export function deploymentsOf({ runs }: Report): readonly Deployment[] {
  const attempts = runs.flatMap((run) => run.attempts);
  return attempts
    .filter(({ start, outcome }) => start.kind === "ecs.update-service" && outcome === "succeeded")
    .map((asked) => {
      const id = textAt(asked.output, "deploymentId");
      const revision = textAt(asked.output, "taskDefinition");
      const awaited = attempts.findLast(
        ({ start }) => start.kind === "ecs.await-deployment" && textAt(start.input, "deploymentId") === id,
      );
      return {
        id,
        revision: lastOfArn(revision),
        asked,
        awaited: awaited ?? null,
        ...judge(id, revision, awaited),
      };
    });
}

const words: Readonly<Record<string, string>> = {
  rolledBack: "ROLLED BACK",
  superseded: "SUPERSEDED",
  stalled: "STALLED",
  failed: "FAILED",
};

function judge(
  id: string,
  revision: string,
  awaited: RecordedAttempt | undefined,
): { readonly verdict: string; readonly reason: string } {
  if (awaited === undefined) return { verdict: "NOT AWAITED", reason: "Nobody watched it to its end." };
  const { outcome, output, failure } = awaited;
  if (outcome !== "succeeded")
    return { verdict: "UNKNOWN", reason: failure?.message ?? "The watch did not end." };
  const said = textAt(output, "outcome");
  const reason = textAt(output, "reason");
  if (said !== "completed") return { verdict: words[said] ?? "UNKNOWN", reason };
  const isSame =
    textAt(output, "deploymentId") === id &&
    [textAt(output, "expected"), textAt(output, "live")].every(
      (arn) => lastOfArn(arn) === lastOfArn(revision),
    );
  if (isSame) return { verdict: "PASSED", reason };
  return {
    verdict: "UNKNOWN",
    reason: "Another deployment or revision was seen than the one that was asked for.",
  };
}

/** Every deployment with its own end: a service that is stable again proves nothing about one of them. */
export const deployments: Section = (report) => {
  const found = deploymentsOf(report);
  if (found.length === 0) return ["## Deployments", "The run deployed nothing."];
  return [
    "## Deployments",
    "A deployment is PASSED only when that very deployment of the expected revision was seen to complete.",
    table(
      ["Deployment", "Revision", "Asked for (UTC)", "Verdict", "Why", "Live then", "Tasks", "Evidence"],
      found.map((deployment) => rowOf(report, deployment)),
    ),
  ];
};

function rowOf(
  report: Report,
  { id, revision, asked, awaited, verdict, reason }: Deployment,
): readonly string[] {
  const seen = awaited?.output ?? null;
  return [
    code(id),
    code(revision),
    when(asked.startedAt),
    `**${verdict}**`,
    text(reason),
    awaited === null ? "not seen" : text(lastOfArn(textAt(seen, "live")) || "nothing"),
    text(tasksOf(awaited)),
    [asked, ...(awaited === null ? [] : [awaited])]
      .map((attempt) => reference(report, attempt.run, attempt.rseq))
      .join(" "),
  ];
}

function tasksOf(awaited: RecordedAttempt | null): string {
  if (awaited?.outcome !== "succeeded") return "";
  const { running, desired, failedTasks } = awaited.output as Readonly<Record<string, unknown>>;
  return `${String(running)} of ${String(desired)} running, ${String(failedTasks)} failed`;
}
