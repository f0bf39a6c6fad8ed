import { counted } from "../../model/counted.ts";
import { clip } from "../../model/display-width.ts";
import type { Failure } from "../../model/error.ts";
import type { Json } from "../../model/json.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import { detail, type Style } from "./render-context.ts";
import { inWords } from "../../model/json-read.ts";

const mostFacts = 4;
const longestFact = 120;

/** Where what shows the failure lies. */
export interface EvidenceCount {
  readonly count: number;
  readonly run: string;
  readonly step: string;
}

/** What happened, why, and last what to do next. */
export function renderFailure(style: Style, failure: Failure, evidence?: EvidenceCount): readonly string[] {
  const { code, message, hint, data } = failure;
  const facts = Object.entries(data).slice(0, mostFacts).map(factOf(style));
  return [
    `  ${style.paint.bad("FAILED")}  ${style.paint.strong(visibleLine(code))}`,
    ...detail(style, "what", visible(message)),
    ...(facts.length === 0 ? [] : detail(style, "why", facts.join("\n"))),
    ...(evidence === undefined || evidence.count === 0
      ? []
      : detail(style, "evidence", evidenceText(evidence))),
    ...detail(style, "next", visible(hint)),
  ];
}

function evidenceText({ count, run, step }: EvidenceCount): string {
  return `${counted(count, "file")}: runwright logs ${run} ${visibleLine(step)}`;
}

function factOf({ symbols }: Style): (fact: readonly [string, Json]) => string {
  return ([key, value]) => {
    return visibleLine(clip(`${key}: ${inWords(value)}`.replaceAll("\n", " "), longestFact, symbols.more));
  };
}
