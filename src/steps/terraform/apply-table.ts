import { z } from "zod";
import { shorten } from "../../model/shorten.ts";
import type { CommandResult } from "../../model/step.ts";
import { type Diagnostic, diagnosticsOf, textOf } from "./failure.ts";
import { isCovered } from "./workspace.ts";
import { Action } from "./plan-json.ts";
import { type TerraformMessage, readStream } from "./stream.ts";

const ResourceOutcome = z.enum(["applied", "failed", "untouched", "unknown"]);
type ResourceOutcome = z.output<typeof ResourceOutcome>;

/** What became of one planned change. */
export const ApplyRow = z.strictObject({
  address: z.string(),
  type: z.string(),
  action: Action,
  /** `unknown`: it was begun, and terraform did not say how it ended; AWS may have done it. */
  outcome: ResourceOutcome,
  error: z.string().optional(),
  tolerated: z.boolean(),
});
export type ApplyRow = z.output<typeof ApplyRow>;

/** A planned change, from the stream or from the plan. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly action: Action;
}

/** The changes that an apply announces before it begins. */
function plannedIn(messages: readonly TerraformMessage[]): readonly PlannedChange[] {
  const planned = messages.flatMap((message) => (message.type === "planned" ? [message] : []));
  const changes = planned.map(({ address, resourceType, action }) => ({
    address,
    type: resourceType,
    action: Action.safeParse(action === "remove" ? "forget" : action).data ?? "no-op",
  }));
  return changes.filter(({ action }) => action !== "no-op");
}

/** What terraform does to an object for each action, in either order. */
const parts: Readonly<Record<Action, readonly string[]>> = {
  create: ["create"],
  update: ["update"],
  delete: ["delete"],
  replace: ["delete", "create"],
  read: ["read"],
  // These change only the state, and the stream has no line for them.
  import: [],
  forget: [],
  "no-op": [],
};

interface ApplyFacts {
  readonly planned: readonly PlannedChange[];
  readonly messages: readonly TerraformMessage[];
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: number;
  readonly tolerate: readonly string[];
}

/** The table of an apply that announces its changes in its stream. */
export function tableOf(
  exited: Pick<CommandResult, "stdout" | "stderr" | "exitCode">,
  tolerate: readonly string[],
): readonly ApplyRow[] {
  const messages = readStream(exited.stdout);
  const { exitCode } = exited;
  const planned = plannedIn(messages);
  return tabulate({ planned, messages, diagnostics: diagnosticsOf(exited), exitCode, tolerate });
}

/** What became of every planned change, as far as the stream tells. */
export function tabulate({
  planned,
  messages,
  diagnostics,
  exitCode,
  tolerate,
}: ApplyFacts): readonly ApplyRow[] {
  return planned.map((change) => {
    const own = diagnostics.filter(({ address }) => address === change.address).map(textOf);
    const outcome = resourceOutcome(change, { messages, errors: own, exitCode });
    return {
      ...change,
      outcome,
      ...(own.length === 0 ? {} : { error: shorten(own.join(" "), 1_000) }),
      tolerated: tolerate.some((wanted) => isCovered(wanted, change.address)),
    };
  });
}

interface ApplyReport {
  readonly messages: readonly TerraformMessage[];
  readonly errors: readonly string[];
  readonly exitCode: number;
}

function resourceOutcome(
  { address, action }: PlannedChange,
  { messages, errors, exitCode }: ApplyReport,
): ResourceOutcome {
  const having = (type: TerraformMessage["type"]) =>
    messages.flatMap((message) =>
      message.type === type && "address" in message && message.address === address && "action" in message
        ? [message.action]
        : [],
    );
  const [started, completed, errored] = [having("started"), having("completed"), having("errored")];
  // Terraform drops the call when it is interrupted; AWS may carry it out all the same.
  if (errors.some((text) => /context canceled|operation canceled/.test(text))) return "unknown";
  if (errored.length > 0 || errors.length > 0) return "failed";
  if (started.length > completed.length) return "unknown";
  if (parts[action].length === 0) return exitCode === 0 ? "applied" : "untouched";
  if (parts[action].every((part) => completed.includes(part))) return "applied";
  // One half of a replacement is done: the object is gone, or there are two.
  return completed.length > 0 ? "failed" : "untouched";
}
