import type { GateRecord } from "../../model/gate-record.ts";
import { sentenceOf } from "../../model/sentence.ts";
import { columns, utc } from "./print.ts";

/** A gate with what it showed, and what became of it. */
export function askedLines({ gate, run, rseq, openedAt, answer }: GateRecord): readonly string[] {
  const { lines, summary } = gate.shown;
  const shown = [summary, ...(Array.isArray(lines) ? lines : [])].filter(
    (line) => typeof line === "string" && line !== "",
  );
  const artifacts = answer?.artifacts ?? [];
  return [
    `${run} ${gate.gate}: ${gate.title}`,
    `asked ${utc(openedAt)}, event #${rseq}, ${gate.kind}, risk ${gate.risk}, sha ${gate.digest}`,
    ...shown.map((line) => `  ${String(line)}`),
    answer === null
      ? "nobody has answered yet"
      : `${utc(answer.at)} ${answer.actor.id}: ${sentenceOf(answer)}, event #${answer.rseq}`,
    ...columns(artifacts.map(({ name, bytes, sha256 }) => [name, `${bytes} bytes`, sha256])).map(
      (row) => `  ${row}`,
    ),
    ...(artifacts.length === 0 ? [] : ["", `next  runwright logs ${run} ${gate.step}`]),
    "",
  ];
}
