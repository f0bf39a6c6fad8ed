import type { RecordedAttempt } from "../model/attempts.ts";
import type { GateRecord } from "../model/gate-record.ts";
import { objectsAt, textAt, textsAt } from "../model/json-read.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { code, table, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { reference, when, who } from "./report-text.ts";

/** Every resource of every plan: applied, failed, untouched or tolerated, and by what rule. */
export const resources: Section = (report) => {
  const attempts = report.runs.flatMap((run) => run.attempts);
  const plans = attempts.filter(({ start }) => start.kind === "terraform.plan");
  const applies = attempts.filter(({ start }) => start.kind === "terraform.apply");
  if (plans.length + applies.length === 0) return ["## Plans and applies", "The run made no terraform plan."];
  const used = new Set(applies.map(({ start }) => textAt(start.input, "sha256")));
  const unused = plans.filter(({ output }) => !used.has(textAt(output, "sha256")));
  return [
    "## Plans and applies",
    ...applies.flatMap((apply) => applied(report, apply, planOf(plans, apply))),
    ...unused.flatMap((plan) => notApplied(report, plan)),
  ];
};

function planOf(plans: readonly RecordedAttempt[], apply: RecordedAttempt): RecordedAttempt | undefined {
  const digest = textAt(apply.start.input, "sha256");
  return plans.findLast(({ output }) => textAt(output, "sha256") === digest);
}

function applied(
  report: Report,
  apply: RecordedAttempt,
  plan: RecordedAttempt | undefined,
): readonly string[] {
  // A failed apply keeps its table with the failure.
  const result: Json = apply.output ?? apply.failure?.data ?? null;
  const rows = objectsAt(result, "resources");
  const told = new Set(rows.map((row) => textAt(row, "address")));
  const silent = objectsAt(plan?.output ?? null, "resources").filter(
    (row) => !told.has(textAt(row, "address")),
  );
  const rules = textsAt(apply.start.input, "tolerate");
  const all = [
    ...rows.map((row) => rowOf(row, rules)),
    ...silent.map((row) => [
      code(textAt(row, "address")),
      text(textAt(row, "action")),
      "**untouched**",
      "",
      "",
    ]),
  ];
  return [
    `### Apply of plan ${code(textAt(apply.start.input, "sha256"))}`,
    `Planned at ${when(plan?.endedAt ?? null)} UTC (${plan === undefined ? "no plan step" : reference(report, plan.run, plan.rseq)}), applied ${when(apply.startedAt)} UTC by step ${code(apply.step)} (${reference(report, apply.run, apply.rseq)}): **${apply.outcome}**. ${approvalOf(report, apply)}`,
    all.length === 0
      ? "Terraform announced no change to any resource."
      : table(["Resource", "Planned", "Outcome", "Tolerated", "Error"], all),
    ...confirmed(result),
    ...drifted(plan),
  ];
}

function rowOf(row: JsonObject, rules: readonly string[]): readonly string[] {
  const address = textAt(row, "address");
  const rule = rules.find(
    (name) => address === name || address.startsWith(`${name}[`) || address.startsWith(`${name}.`),
  );
  const failed = textAt(row, "outcome") !== "applied";
  const tolerated =
    row["tolerated"] !== true
      ? failed
        ? "no"
        : ""
      : `${failed ? "yes" : "not needed"}, input ${code("tolerate")} names ${code(rule ?? address)}`;
  return [
    code(address),
    text(textAt(row, "action")),
    `**${text(textAt(row, "outcome"))}**`,
    tolerated,
    text(textAt(row, "error")),
  ];
}

/** Who approved what was applied, before that: the digest of the plan has to be in what the person was shown. */
function approvalOf(report: Report, apply: RecordedAttempt): string {
  const digest = textAt(apply.start.input, "sha256");
  const gate = report.runs
    .flatMap(({ view }) => view.gates)
    .findLast(
      (asked) =>
        digest !== "" && isGrantedBefore(asked, apply) && JSON.stringify(asked.gate.shown).includes(digest),
    );
  if (gate?.answer === undefined || gate.answer === null)
    return "**No approval in this record names this plan.**";
  return `Approved by ${who(gate.answer.actor)}, who was shown this plan (${reference(report, gate.run, gate.answer.rseq)}).`;
}

function isGrantedBefore({ answer }: GateRecord, { startedAt }: RecordedAttempt): boolean {
  return answer?.type === "approval.granted" && answer.at <= startedAt;
}

function confirmed(result: Json): readonly string[] {
  const rows = objectsAt(result, "confirmations");
  if (rows.length === 0) return [];
  return [
    "Terraform's word was compared with the state and with AWS:",
    table(
      ["Resource", "Asked", "Verdict", "Detail"],
      rows.map((row) => [
        code(textAt(row, "address")),
        text(textAt(row, "by")),
        `**${text(textAt(row, "verdict"))}**`,
        text(textAt(row, "detail")),
      ]),
    ),
  ];
}

function drifted(plan: RecordedAttempt | undefined): readonly string[] {
  const rows = objectsAt(plan?.output ?? null, "drift");
  if (rows.length === 0) return [];
  const names = rows.map((row) => `${code(textAt(row, "address"))} (${text(textAt(row, "action"))})`);
  return [`Changed outside terraform before this plan: ${names.join(", ")}.`];
}

function notApplied(report: Report, plan: RecordedAttempt): readonly string[] {
  const rows = objectsAt(plan.output, "resources");
  return [
    `### Plan ${code(textAt(plan.output, "sha256") || plan.step)}, never applied`,
    `Made at ${when(plan.endedAt)} UTC by step ${code(plan.step)} (${reference(report, plan.run, plan.rseq)}), to look. ${plan.outcome === "succeeded" ? "" : `The step ${plan.outcome}.`}`.trim(),
    ...(rows.length === 0
      ? []
      : [
          table(
            ["Resource", "Would have been"],
            rows.map((row) => [code(textAt(row, "address")), text(textAt(row, "action"))]),
          ),
        ]),
    ...drifted(plan),
  ];
}
