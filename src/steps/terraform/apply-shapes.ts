import { z } from "zod";
import { ApplyRow } from "./apply-table.ts";
import { Binding } from "./binding.ts";
import { Confirmation } from "./confirmations.ts";
import { isCovered, address, workspaceShape } from "./workspace.ts";

export const ApplyInput = z.strictObject({
  ...workspaceShape,
  /** The saved plan and what a person approved of it. */
  plan: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256"),
  /** The state that the plan was made for. */
  serial: z.int(),
  lineage: z.string(),
  /** What else the approval is bound to, as the plan step took it down. */
  binding: Binding,
  /** These may fail. */
  tolerate: z.array(address).default([]),
  /** These must be there afterwards, planned or not, beside every planned change that is not tolerated. */
  wanted: z.array(address).optional(),
});
export type ApplyInput = z.output<typeof ApplyInput>;

export const ApplyOutput = z.strictObject({
  resources: z.array(ApplyRow),
  /** The state afterwards. */
  serial: z.int(),
  lineage: z.string(),
  exitCode: z.int(),
  /** What failed and was tolerated. */
  tolerated: z.array(z.string()),
  confirmations: z.array(Confirmation),
});
export type ApplyOutput = z.output<typeof ApplyOutput>;

/** The addresses that must be applied. */
export function wantedOf(
  { wanted, tolerate }: ApplyInput,
  planned: readonly { readonly address: string }[],
): readonly string[] {
  const must = planned
    .map((change) => change.address)
    .filter((found) => !tolerate.some((name) => isCovered(name, found)));
  return [...new Set([...(wanted ?? []), ...must])];
}
