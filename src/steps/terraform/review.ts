import type { JsonObject } from "../../model/json.ts";
import type { Detail } from "./plan-changes.ts";
import type { Action } from "./plan-json.ts";
import type { PlanSummary } from "./plan-summary.ts";

/** What of a plan step's output a person has to see before approving it. */
export interface Reviewed extends PlanSummary {
  readonly sha256: string;
  readonly serial: number;
  readonly terraformVersion: string;
  readonly standIn: boolean;
}

const words: Readonly<Record<Action, string>> = {
  create: "create",
  update: "update in place",
  delete: "DESTROY",
  replace: "DESTROY and create anew",
  read: "read",
  import: "import",
  forget: "forget",
  "no-op": "leave",
};

const counted = ["replace", "delete", "create", "update", "import", "forget", "read"] as const;
const nouns = { ...words, replace: "replace", delete: "destroy", create: "add", update: "change" } as const;

/** What a gate shows of a plan: the digest in it binds the approval to the file. */
export function planForReview(plan: Reviewed): JsonObject {
  return {
    title: "Apply this plan?",
    summary: summaryLine(plan),
    lines: reviewLines(plan),
    secrets: plan.changes.flatMap(secretChange),
    destroys: plan.destroys,
    replacements: plan.replacements,
    drift: plan.drift.map(({ address, action }) => `${address}: ${action} outside terraform`),
    sha256: plan.sha256,
    serial: plan.serial,
    terraform: plan.standIn ? `stand-in for ${plan.terraformVersion}` : plan.terraformVersion,
  };
}

/** `1 to replace, 1 to add`. */
export function summaryLine({ resources }: Pick<PlanSummary, "resources">): string {
  const parts = counted
    .map((action) => [action, resources.filter((resource) => resource.action === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count} to ${nouns[action]}`);
  return parts.length === 0 ? "nothing to do" : parts.join(", ");
}

/** One line a resource and one below it for each thing that changes in it. */
export function reviewLines({
  resources,
  changes,
}: Pick<PlanSummary, "resources" | "changes">): readonly string[] {
  return resources.flatMap(({ address, action, reason }) => {
    const inside = changes.find((detail) => detail.address === address)?.attributes ?? [];
    return [
      `${words[action]}: ${address}${reason === "" ? "" : ` (${reason.replaceAll("_", " ")})`}`,
      ...inside.map(({ name, before, after }) => `    ${name}: ${before} -> ${after}`),
    ];
  });
}

function secretChange({ address, secrets }: Detail): readonly JsonObject[] {
  if (secrets === null) return [];
  const { before, after } = secrets;
  const [old, fresh] = [before ?? [], after ?? []];
  return [
    {
      address,
      before,
      after,
      added: after === null ? null : fresh.filter((name) => !old.includes(name)),
      removed: after === null ? null : old.filter((name) => !fresh.includes(name)),
    },
  ];
}
