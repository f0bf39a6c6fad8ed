import type { Attempt } from "../../model/attempts.ts";
import { utc } from "./print.ts";
import { section } from "./section.ts";

/** All that is known of an attempt. */
export function attemptLines(attempt: Attempt): readonly string[] {
  const { run, step, start, startedAt, endedAt, outcome, output, failure, artifacts, doubts } = attempt;
  return [
    `${run} ${step}, attempt ${attempt.attempt}: ${outcome.toUpperCase()}   ${start.kind}, ${start.effect}, risk ${start.risk}`,
    start.describe,
    `started ${utc(startedAt)}${endedAt === null ? "" : `, ended ${utc(endedAt)}`}, key ${start.key}`,
    ...doubts.map(({ why, settled }) =>
      settled === null
        ? `in doubt: ${why}`
        : `in doubt: ${why}; settled as ${settled.verdict} by the ${settled.by}: ${settled.why}`,
    ),
    ...(failure === null
      ? []
      : [
          "",
          `failure  ${failure.code}: ${failure.message}`,
          `         ${failure.hint}`,
          ...json(failure.data),
        ]),
    "",
    "input",
    ...json(start.input),
    ...(output === null ? [] : ["", "output", ...json(output)]),
    ...section(
      "Artifacts",
      artifacts.map(({ name, bytes, sha256 }) => [name, `${bytes} bytes`, sha256]),
    ),
    ...(artifacts.length === 0 ? [] : ["", `next  runwright logs ${run} ${step}`]),
    "",
  ];
}

function json(value: unknown): readonly string[] {
  return JSON.stringify(value, undefined, 2)
    .split("\n")
    .map((line) => `  ${line}`);
}
