import { z } from "zod";
import type { ApplyRow } from "./apply-table.ts";
import { type AwsQuery, confirmInAws } from "./aws-lookup.ts";
import { isCovered } from "./workspace.ts";
import type { TerraformState } from "./state.ts";

/** What was asked of state and AWS after an apply. */
export const Confirmation = z.strictObject({
  address: z.string(),
  by: z.enum(["state", "aws"]),
  verdict: z.enum(["confirmed", "refuted", "unknown"]),
  detail: z.string(),
  /** As the state has it. */
  arn: z.string().optional(),
});
export type Confirmation = z.output<typeof Confirmation>;

/** Asks the state, then AWS, for every wanted address; one that is not planned has to be in the state already. */
export async function confirmWanted(
  wanted: readonly string[],
  {
    rows,
    state,
    asked,
  }: { readonly rows: readonly ApplyRow[]; readonly state: TerraformState; readonly asked: AwsQuery },
): Promise<readonly Confirmation[]> {
  const confirmations: Confirmation[] = [];
  for (const address of expand(wanted, rows, state)) {
    const removed = rows.some(
      (row) => row.address === address && (row.action === "delete" || row.action === "forget"),
    );
    confirmations.push(ofState(address, removed ? "absent" : "present", state));
    const known = state.known.get(address);
    const found = known && !removed ? await confirmInAws(known.type, known.attributes, asked) : undefined;
    if (found !== undefined) confirmations.push({ address, by: "aws", ...found });
  }
  return confirmations;
}

/** `x` stands for `x[0]` and `x[1]`; a name that fits nothing stays as it is, so that it is missed. */
function expand(
  wanted: readonly string[],
  rows: readonly ApplyRow[],
  state: TerraformState,
): readonly string[] {
  const all = [...rows.map(({ address }) => address), ...state.known.keys()];
  const found = wanted.flatMap((name) => {
    const covered = all.filter((address) => isCovered(name, address));
    return covered.length === 0 ? [name] : covered;
  });
  return [...new Set(found)];
}

function ofState(address: string, expected: "present" | "absent", state: TerraformState): Confirmation {
  const known = state.known.get(address);
  const by = "state";
  if (expected === "absent") {
    if (known === undefined)
      return { address, by, verdict: "confirmed", detail: "It is gone from the state." };
    return { address, by, verdict: "refuted", detail: "It is still in the state." };
  }
  if (known === undefined) return { address, by, verdict: "refuted", detail: "It is not in the state." };
  if (known.tainted) return { address, by, verdict: "refuted", detail: "The state says that it is tainted." };
  const detail = `It is in the state, serial ${state.serial}.`;
  const arn = known.attributes["arn"];
  return { address, by, verdict: "confirmed", detail, ...(typeof arn === "string" ? { arn } : {}) };
}
