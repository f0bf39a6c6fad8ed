import { RunbookError } from "../model/error.ts";
import type { StateNode } from "./state-compiler.ts";

/** Throws `RUNBOOK_BROKEN` when a state leads to one that is not there, in the author's words and not in xstate's. */
export function refuseUnknownTargets(nodes: readonly (readonly [string, StateNode])[]): void {
  const ids = new Set<string>();
  const leads: { readonly from: string; readonly to: string }[] = [];
  for (const [from, node] of nodes) {
    JSON.stringify(node, (key, value: unknown) => {
      if (key === "id" && typeof value === "string") ids.add(value);
      if (key === "target" && typeof value === "string" && value.startsWith("#"))
        leads.push({ from, to: value.slice(1) });
      return value;
    });
  }
  const lost = leads.find(({ to }) => !ids.has(to));
  if (lost === undefined) return;
  const known = nodes.map(([name]) => name).join(", ");
  throw new RunbookError(
    "RUNBOOK_BROKEN",
    `There is no state \`${lost.to}\`, where \`${lost.from}\` leads (there are: ${known}).`,
  );
}
