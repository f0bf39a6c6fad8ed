import { code, table, text } from "./markdown.ts";
import type { Section } from "./record.ts";
import { howIdentified, reference, when, who } from "./report-text.ts";

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
