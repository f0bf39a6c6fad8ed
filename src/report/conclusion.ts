import { counted } from "../model/counted.ts";
import { text, code, table, bullets } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { statusOf, howIdentified, reference, when, who } from "./report-text.ts";
import { roleOfTimer } from "../model/state-ids.ts";
import { factOf } from "./facts.ts";

/** Drawn from the status and the criteria, and from nothing else. */
export const conclusion: Section = ({ root }) => ["## Conclusion", ...sentences(root.summary)];

function sentences(summary: Report["root"]["summary"]): readonly string[] {
  const { criteria, followUps, endedAt } = summary;
  const missed = criteria.filter(({ verdict }) => verdict !== "pass");
  const names = missed.map(({ title, verdict }) => `${text(title)} (${verdict.toUpperCase()})`).join("; ");
  const left = followUps.length === 0 ? "" : ` ${counted(followUps.length, "follow-up")} still open.`;
  if (endedAt === null) {
    return [
      `The run has not ended: it is **${statusOf(summary)}**. Nothing can be concluded yet.${missed.length === 0 ? "" : ` Not passed so far: ${names}.`}`,
    ];
  }
  if (summary.status === "succeeded" && missed.length === 0) {
    const all =
      criteria.length === 0
        ? "No success criteria were declared, so this says only that every step ran."
        : criteria.length === 1
          ? "The one success criterion, declared before the run, passes."
          : `All ${criteria.length} success criteria, declared before the run, pass.`;
    return [`The run **SUCCEEDED**. ${all}${left}`];
  }
  const criteriaSay = missed.length === 0 ? "" : ` Not passed: ${names}.`;
  return [
    `The run ended **${statusOf(summary)}**. The incident must not be considered resolved by it.${criteriaSay}${left}`,
  ];
}

/** A sign-off is an act of a named person; as long as there is none, the block says so. */
export const signOff: Section = (report) => {
  const { root, verified } = report;
  const rows = root.view.signOffs.map((event) => {
    const { head, reason } = event.data;
    const place = `event ${code(String(head.seq))}, hash ${code(head.hash)}`;
    const by = [who(event.actor), howIdentified(event.actor), when(event.at)];
    return [...by, text(reason), place, reference(report, event.run, event.rseq)];
  });
  const next = `The next sign-off names the head hash ${code(verified.head?.hash ?? "none")}.`;
  return [
    "## Sign-off",
    ...(rows.length === 0
      ? [`Signed off by: **nobody yet**. ${next}`]
      : [
          "A sign-off stands for the record up to the event that it names: the hash covers everything before it.",
          table(["By", "Identified", "When (UTC)", "Reason", "Signed", "Event"], rows),
          next,
        ]),
  ];
};

/** What was checked about the record itself. */
export const integrity: Section = ({ verified }) => {
  const { events, head, checks } = verified;
  const failed = checks.filter(({ verdict }) => verdict === "fail").length;
  const unknown = checks.filter(({ verdict }) => verdict === "unknown").length;
  const verdict =
    failed > 0 ? "DOES NOT VERIFY" : unknown > 0 ? "verifies as far as it could be checked" : "verifies";
  return [
    "## Record integrity",
    `${events} stored events, head event ${code(String(head?.seq ?? 0))} with hash ${code(head?.hash ?? "none")}: the record **${verdict}**.`,
    table(
      ["Check", "Verdict", "Detail"],
      checks.map(({ name, verdict: word, detail }) => [
        text(name),
        `**${word.toUpperCase()}**`,
        text(detail),
      ]),
    ),
  ];
};

/** Every evidence file by the digest that names it. */
export const evidence: Section = (report) => {
  const rows = report.runs.flatMap(({ view }) =>
    view.kept.flatMap(({ run, step, attempt, rseq, artifacts }) =>
      artifacts.map(({ name, bytes, sha256 }) => [
        reference(report, run, rseq),
        code(step),
        attempt === null ? "attached by a person" : String(attempt),
        code(name),
        String(bytes),
        code(sha256),
      ]),
    ),
  );
  return [
    "## Evidence files",
    rows.length === 0
      ? "The run left no evidence files."
      : table(["Event", "Step", "Attempt", "File", "Bytes", "SHA-256"], rows),
  ];
};

/** What was done after the fix, and what is left, each with an owner and a date. */
export const nextSteps: Section = (report) => {
  const { followUps } = report.root.summary;
  const [done, open] = [doneOf(report), openOf(report)];
  return [
    "## Next steps",
    "### Done",
    done.length === 0 ? "Nothing beyond the steps above." : bullets(done),
    "### Remaining",
    ...(open.length === 0 ? [] : [bullets(open)]),
    ...(followUps.length === 0
      ? [open.length === 0 ? "No follow-ups were recorded." : ""].filter((line) => line !== "")
      : [
          table(
            ["Follow-up", "Owner", "Due (UTC)", "State"],
            followUps.map(({ title, owner, due }) => [text(title), text(owner), when(due), "**open**"]),
          ),
        ]),
  ];
};

function doneOf(report: Report): readonly string[] {
  const { attempts, view, summary } = report.root;
  const told = attempts
    .filter(({ start, outcome }) => start.kind.startsWith("notify.") && outcome === "succeeded")
    .map((attempt) => {
      const where = reference(report, attempt.run, attempt.rseq);
      return `${text(titleOf(report, attempt.step))}: ${code(attempt.start.describe)}: ${factOf(attempt)} (${where})`;
    });
  const waited = view.waits
    .filter(({ armed, ended }) => ended?.type === "timer.fired" && roleOfTimer(armed.data).role === "wait")
    .toSorted((one, other) => (one.ended?.rseq ?? 0) - (other.ended?.rseq ?? 0))
    .map(({ armed, ended }) => {
      const title = text(titleOf(report, roleOfTimer(armed.data).state));
      const where = reference(report, summary.run, ended?.rseq ?? null);
      return `${title}: waited until ${when(ended?.at ?? null)} UTC, since ${when(armed.at)} (${where})`;
    });
  return [...told, ...waited];
}

function titleOf({ root }: Report, step: string): string {
  return root.summary.start.steps.find((declared) => declared.step === step)?.title ?? step;
}

function openOf({ runs }: Report): readonly string[] {
  return runs.flatMap(({ summary }) => {
    if (summary.endedAt !== null) return [];
    return [
      `Run ${code(summary.run)} has not ended.`,
      ...summary.gates.map(({ gate, title }) => `Decision wanted at ${code(gate)}: ${text(title)}`),
      ...summary.timers.map(
        (timer) => `Waits until ${when(timer.due)} UTC (${code(roleOfTimer(timer).state)}).`,
      ),
    ];
  });
}
