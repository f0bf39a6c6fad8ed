import type { Json, JsonObject } from "../../model/json.ts";
import type { RunSummary } from "../../model/summary.ts";
import { visibleLine } from "../../redact/visible.ts";
import { detail, type RenderContext, type Style } from "./render-context.ts";
import { inWords, isObject } from "../../model/json-read.ts";

/** What a run is about, before its first line; a child run says only what differs from its parent. */
export function renderBanner(style: Style & Pick<RenderContext, "summary" | "approves">): readonly string[] {
  const { summary, approves } = style;
  const { run, start, requester } = summary;
  const { runbook, target, identity, tools, parent } = start;
  const head = `${run} ${style.symbols.dot} ${visibleLine(runbook.id)} ${style.symbols.dot} ${visibleLine(runbook.title)}`;
  const steps = `${start.steps.length} steps, success criteria: ${start.criteria.length}`;
  if (parent !== null) return [`${style.paint.strong(head)} (child run of ${parent.run}, ${steps})`];
  return [
    style.paint.strong(head),
    ...detail(style, "by", visibleLine(identity === null ? requester : `${requester} as ${identity}`)),
    ...(target === null
      ? []
      : [
          ...detail(style, "target", visibleLine(`account ${target.account}, region ${target.region}`)),
          ...detail(style, "dir", visibleLine(`${target.dir} (workspace ${target.workspace})`)),
        ]),
    ...practiceLine(style, summary),
    ...detail(style, "tools", visibleLine(toolsText(tools))),
    ...(approves.length === 0
      ? []
      : detail(style, "approves", `gates of risk ${approves.join(", ")} without asking (--auto-approve)`)),
    ...detail(style, "runbook", `${steps}, source sha ${runbook.source.slice(0, 8)}`),
  ];
}

function practiceLine(style: Style, { start: { target } }: RunSummary): readonly string[] {
  if (!target?.practice) return [];
  return detail(
    style,
    "practice",
    style.paint.warn(visibleLine(`simulated AWS at ${target.practice}, nothing real is touched`)),
  );
}

/** `terraform 1.11.4 (stand-in), node v20.20.2`; terraform first, because what it is matters most. */
function toolsText(tools: JsonObject): string {
  const standIn = tools["standIn"] === true || tools["stand_in"] === true;
  const names = Object.keys(tools).filter(
    (name) => name !== "standIn" && name !== "stand_in" && tools[name] !== null,
  );
  return names
    .toSorted((a, b) => Number(b === "terraform") - Number(a === "terraform"))
    .map((name) => toolText(name, tools[name] ?? null, standIn))
    .join(", ");
}

function toolText(name: string, value: Json, standIn: boolean): string {
  if (isObject(value)) {
    const is = value["standIn"] === true || value["stand_in"] === true;
    return toolText(name, value["version"] ?? "unknown", is);
  }
  const version = inWords(value);
  if (name !== "terraform") return `${name} ${version}`;
  return `terraform ${version} (${standIn || version.includes("stand-in") ? "the stand-in" : "the real one"})`;
}
