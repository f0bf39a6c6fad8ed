import type { RunTree } from "../engine/run-tree.ts";
import { contextOf } from "../engine/machine.ts";
import type { IdSource } from "../engine/next-events.ts";
import { approvalOf } from "../engine/pending.ts";
import type { Pending, RunState } from "../engine/state.ts";
import type { Failure } from "../model/error.ts";
import { simulatedRun } from "./simulation.ts";

/** Where the walk is: two points with the same place go on alike. Why something failed before makes no difference to it. */
export function stateKey(tree: RunTree): string {
  const open = [...tree.values()].filter(({ end }) => end === null);
  const key = open.map(({ runbook, snapshot, pending, allowances, cancel }) => [
    runbook.id,
    snapshot.value,
    { ...contextOf(snapshot), failures: null },
    [...pending.values()].map(pendingKey),
    leftOf(allowances),
    cancel,
  ]);
  // Which child run it was makes none either, or a loop with one in it would have no end.
  return JSON.stringify(key).replaceAll(/"R-\d{4}"/g, '"R"');
}

/** What approvals still allow. One of which nothing is left allows nothing new. */
function leftOf(allowances: RunState["allowances"]): readonly string[] {
  const left = allowances?.grants.flatMap((grant) =>
    Object.entries(grant.left).flatMap(([write, times]) =>
      times > 0 ? [`${grant.step} ${write} ${times}`] : [],
    ),
  );
  return [...new Set(left)].toSorted();
}

function pendingKey(pending: Pending): readonly unknown[] {
  const answers = approvalOf(pending)?.partly.length ?? 0;
  const isStep = pending.type === "step";
  return [pending.id, isStep && pending.doubt !== null, isStep && pending.permission !== null, answers];
}

/** Whether nothing goes on from here. */
export function isOver(tree: RunTree): boolean {
  return tree.get(simulatedRun)?.end !== null || faultIn(tree) !== null;
}

/** What a runbook of the family threw. */
export function faultIn(tree: RunTree): Failure | null {
  for (const { fault } of tree.values()) if (fault !== null) return fault.failure;
  return null;
}

/** What the walk goes on with: one thing after the other, steps before people before time. */
export function nextOpen(tree: RunTree): { readonly state: RunState; readonly pending: Pending } | null {
  const open = [...tree.values()]
    .filter(({ end }) => end === null)
    .flatMap((state) => [...state.pending.values()].map((pending) => ({ state, pending })));
  const order = ["step", "gate", "timer"] as const;
  for (const type of order) {
    const next = open.find(({ pending }) => pending.type === type);
    if (next !== undefined) return next;
  }
  return null;
}

/** Names that depend only on how far the walk is, so that like places stay alike. */
export function idsFor(tree: RunTree): IdSource {
  let runs = tree.size;
  const stored = [...tree.values()].reduce((sum, { rseq }) => sum + rseq, 0);
  return {
    now: () => new Date(0),
    key: () => `key-${stored}`,
    run: () => {
      runs += 1;
      return `R-${String(runs).padStart(4, "0")}`;
    },
  };
}
