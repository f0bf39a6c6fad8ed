import { counted } from "../../model/counted.ts";
import type { RunSummary } from "../../model/summary.ts";
import { utcDay } from "../../model/time-text.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import { labelOf } from "./names.ts";
import { bare, detail, type Style } from "./render-context.ts";
import { between } from "./times.ts";

export interface EndLook extends Partial<Style> {
  /** How many approvals people gave, where the caller has counted them. */
  readonly approvals?: number;
}

/** What a run came to, and the commands that go on from it. */
export function renderEnd(summary: RunSummary, look: EndLook = {}): string[] {
  const style = { ...bare, ...look };
  const { run, status, startedAt, endedAt, reason } = summary;
  const paint = style.paint[status === "succeeded" ? "good" : "bad"];
  const facts = [between(startedAt, endedAt), ...countsOf(summary, look.approvals)].filter(
    (fact) => fact !== "",
  );
  return [
    "",
    `${paint(status.toUpperCase())}  ${style.paint.strong(run)}  ${facts.join(` ${style.symbols.dot} `)}`,
    ...(reason === null ? [] : detail(style, "reason", visible(reason))),
    ...criteriaLines(style, summary),
    ...detail(style, "record", recordText(summary)),
    ...openLines(style, summary),
    ...nextLines(style, summary),
  ];
}

function countsOf({ steps, children, gates }: RunSummary, approvals: number | undefined): readonly string[] {
  const failed = steps.filter(({ status }) => status === "failed").map(({ step }) => visibleLine(step));
  const skipped = steps.filter(({ status }) => status === "skipped").map(({ step }) => visibleLine(step));
  const names = children.map((child) => child.run).join(", ");
  return [
    approvals === undefined || approvals === 0 ? "" : counted(approvals, "approval"),
    children.length === 0 ? "" : `${counted(children.length, "child run")} (${names})`,
    failed.length === 0 ? "" : `failed: ${failed.join(", ")}`,
    skipped.length === 0 ? "" : `skipped: ${skipped.join(", ")}`,
    gates.length === 0 ? "" : `${counted(gates.length, "gate")} open`,
  ];
}

function criteriaLines(style: Style, { criteria }: RunSummary): readonly string[] {
  if (criteria.length === 0) return [];
  const passed = criteria.filter(({ verdict }) => verdict === "pass").length;
  const unmet = criteria.filter(({ verdict }) => verdict !== "pass");
  const paint = style.paint[unmet.length === 0 ? "good" : "bad"];
  return [
    ...detail(style, "criteria", paint(`${passed}/${criteria.length} pass`)),
    ...unmet.flatMap(({ title, verdict }) => detail(style, verdict, visibleLine(title))),
  ];
}

function recordText({ steps, events }: RunSummary): string {
  const evidence = steps.reduce((sum, { artifacts }) => sum + artifacts.length, 0);
  return `${counted(events, "event")}, ${counted(evidence, "evidence file")}`;
}

function openLines(style: Style, { followUps, findings }: RunSummary): readonly string[] {
  return [
    ...findings
      .filter(({ status }) => status === "hypothesis")
      .flatMap(({ text }) => detail(style, "unproven", visibleLine(text))),
    ...followUps.flatMap(({ title, owner, due }) =>
      detail(style, "open", visibleLine(`${title} (owner ${owner || "?"}, due ${utcDay(due)})`)),
    ),
  ];
}

function nextLines(style: Style, summary: RunSummary): readonly string[] {
  const { run, status } = summary;
  const root = summary.start.parent?.run ?? run;
  const failed = summary.steps.findLast((step) => step.status === "failed");
  if (status === "running" || status === "waiting") return detail(style, "next", `runwright resume ${root}`);
  return [
    ...(failed === undefined || status === "succeeded"
      ? []
      : detail(
          style,
          "look",
          `runwright logs ${run} ${visibleLine(failed.step)}   (${labelOf(summary, failed.step)})`,
        )),
    ...detail(style, "next", `runwright report ${run} -o report.md`),
    ...detail(style, "also", `runwright show ${run}`),
  ];
}
