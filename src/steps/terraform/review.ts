import type { z } from "zod";
import { formatMilliseconds } from "../../model/duration.ts";
import { RunbookError } from "../../model/error.ts";
import { digestOf } from "../../model/json.ts";
import type { Approvable } from "../parts/approvable.ts";
import type { ApplyOutput } from "./apply-shapes.ts";
import type { Binding } from "./binding.ts";
import type { LockRecord } from "./lock-record.ts";
import type { ChangeDetail } from "./plan-changes.ts";
import type { Action } from "./plan-json.ts";
import type { PlanSummary } from "./plan-summary.ts";
import type { Sign } from "./signs.ts";

/** What of a plan step's output a person has to see before approving it. */
export interface ReviewedPlan extends PlanSummary {
  readonly sha256: string;
  readonly serial: number;
  readonly terraformVersion: string;
  readonly standIn: boolean;
  readonly binding: Binding;
}

/** What of an inspected lock a person has to see before it is removed. */
interface ReviewedLock extends Pick<LockRecord, "id" | "who" | "operation" | "path"> {
  readonly ageSeconds: number | null;
  readonly signsOfLife: readonly Sign[];
  readonly verdict: Sign["verdict"] | null;
}

interface SavedPlan {
  readonly file: string;
  readonly sha256: string;
  readonly serial: number;
  readonly lineage: string;
  readonly binding: Binding;
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
export function planForReview(plan: ReviewedPlan): Approvable {
  const stateful = plan.destroys.length + plan.replacements.length > 0;
  return {
    title: "Apply this plan?",
    summary: summaryLine(plan),
    lines: [
      ...reviewLines(plan),
      ...plan.drift.map(({ address, action }) => `${address}: ${action} outside terraform`),
    ],
    risk: stateful ? "high" : "medium",
    verb: "apply",
    subject: {
      plan: plan.sha256,
      serial: plan.serial,
      terraform: plan.standIn ? `stand-in for ${plan.terraformVersion}` : plan.terraformVersion,
      files: `${plan.binding.count}`,
      binding: digestOf(plan.binding),
    },
  };
}

/** The part of a plan's output that `terraform.apply` must be given: the file and what it was made for. */
export function approvedPlan({
  file,
  sha256,
  serial,
  lineage,
  binding,
}: SavedPlan): Omit<SavedPlan, "file"> & { readonly plan: string } {
  return { plan: file, sha256, serial, lineage, binding };
}

/** What a gate shows of a lock before it is removed: the holder and every sign of life. */
export function lockForReview(lock: ReviewedLock): Approvable {
  const age =
    lock.ageSeconds === null ? "of unknown age" : `${formatMilliseconds(lock.ageSeconds * 1_000)} old`;
  return {
    title: "Remove this state lock?",
    summary: `lock ${lock.id ?? "?"} of ${lock.who ?? "an unknown holder"}, ${lock.operation ?? "?"}, ${age}`,
    lines: [
      `the holder is ${lock.verdict ?? "unknown"}${lock.verdict === "dead" ? "" : ": ask them before you unlock"}`,
      ...lock.signsOfLife.map(({ sign, verdict, detail }) => `${sign}: ${verdict}. ${detail}`),
    ],
    risk: "high",
    verb: "unlock",
    subject: { lock: lock.id, path: lock.path },
  };
}

/** The ARN of an applied resource, from the state after the apply; a revision's number cannot be guessed. */
export function arnOf({ confirmations }: z.output<typeof ApplyOutput>, address: string): string {
  const found = confirmations.find(
    (confirmation) => confirmation.address === address && confirmation.arn !== undefined,
  );
  if (found?.arn !== undefined) return found.arn;
  throw new RunbookError("OUTPUT_MISSING", `The apply did not confirm an ARN of \`${address}\`.`);
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
    const detail = changes.find((candidate) => candidate.address === address);
    const inside = detail?.attributes ?? [];
    return [
      `${words[action]}: ${address}${reason === "" ? "" : ` (${reason.replaceAll("_", " ")})`}`,
      ...(detail?.secrets ? [`    ${secretLine(detail.secrets)}`] : []),
      ...inside.map(({ name, before, after }) => `    ${name}: ${before} -> ${after}`),
    ];
  });
}

/** `secrets: + HUGGINGFACE_API_KEY, 3 as before`, the line that a person looks for first. */
function secretLine(secrets: NonNullable<ChangeDetail["secrets"]>): string {
  const { before, after } = secrets;
  if (after === null) return "secrets: known after apply";
  const old = before ?? [];
  const added = after.filter((name) => !old.includes(name)).map((name) => `+ ${name}`);
  const removed = old.filter((name) => !after.includes(name)).map((name) => `- ${name}`);
  return ["secrets: ", [...added, ...removed, `${after.length - added.length} as before`].join(", ")].join(
    "",
  );
}
