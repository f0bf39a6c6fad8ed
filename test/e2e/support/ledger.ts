import type { LedgerEntry } from "./place.ts";

/** How often each effect happened; locks apart, because a read that is done again takes its lock again. */
export type Effects = Readonly<Record<string, number>>;

const lock = /\.tflock$/;

export function effectsOf(entries: readonly LedgerEntry[]): Effects {
  const effects: Record<string, number> = {};
  for (const entry of entries) {
    if (lock.test(entry.target)) continue;
    const name = nameOf(entry);
    effects[name] = (effects[name] ?? 0) + 1;
  }
  return effects;
}

/** What the incident's run changes in the world, each so many times. */
export const wholeRun: Effects = {
  "s3:PutObject hokusai-tfstate/development/terraform.tfstate": 3,
  "ecs:DeregisterTaskDefinition hokusai-api-development:150": 1,
  "ecs:RegisterTaskDefinition hokusai-api-development:151": 1,
  "ecs:UpdateService hokusai-api-development": 2,
  "ec2:AuthorizeSecurityGroupIngress sg-0454e74e2924a7754": 1,
  "practice:Notify": 1,
};

/** How often more, or less, than wanted each effect happened. */
export function compare(
  got: Effects,
  wanted: Effects = wholeRun,
): { readonly doubled: number; readonly missing: number } {
  const names = [...new Set([...Object.keys(got), ...Object.keys(wanted)])];
  const differences = names.map((name) => (got[name] ?? 0) - (wanted[name] ?? 0));
  return {
    doubled: sum(differences.filter((difference) => difference > 0)),
    missing: -sum(differences.filter((difference) => difference < 0)),
  };
}

/** Whether the state lock was given back each time it was taken; the incident's own is there from the start. */
export function isUnlocked(entries: readonly LedgerEntry[]): boolean {
  const count = (operation: string): number =>
    entries.filter((entry) => entry.operation === operation && lock.test(entry.target)).length;
  return count("s3:DeleteObject") === count("s3:PutObject") + 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function nameOf({ operation, target }: LedgerEntry): string {
  // Its target is the idempotency key, another in each run.
  if (operation === "practice:Notify") return operation;
  return `${operation} ${target.replace(/^arn:.*\//, "")}`;
}
