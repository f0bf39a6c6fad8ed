import { type Change, hasChanges, type Plan } from "./plan.ts";

const signs = { create: "+", update: "~", delete: "-", replace: "-/+", "no-op": " " } as const;

/** A plan for people to read: less than terraform's own text, which also compares nested values. */
export function planText(plan: Plan, summary: string): string {
  if (!hasChanges(plan)) return "\nNo changes. Your infrastructure matches the configuration.\n";
  const changes = plan.changes.filter(({ action }) => action !== "no-op");
  return [
    "",
    "Terraform will perform the following actions:",
    "",
    ...changes.flatMap(changeText),
    summary,
    "",
  ].join("\n");
}

function changeText(change: Change): readonly string[] {
  const [type = "", name = ""] = change.address.split(".");
  const sign = signs[change.action];
  const rows = attributeNames(change).map(
    (attribute) => `      ${sign.slice(-1)} ${attribute} = ${valueText(change, attribute)}`,
  );
  return [
    `  # ${change.address} ${fate(change)}`,
    `${sign.padStart(3)} resource "${type}" "${name}" {`,
    ...rows,
    "    }",
    "",
  ];
}

function fate({ action, reason }: Change): string {
  if (action === "create") return "will be created";
  if (action === "update") return "will be updated in-place";
  if (action === "delete") return "will be destroyed";
  if (reason === "tainted") return "is tainted, so must be replaced";
  return reason === "requested" ? "will be replaced, as requested" : "must be replaced";
}

function attributeNames({ before, after, unknown }: Change): readonly string[] {
  const names = new Set([...Object.keys(after ?? before ?? {}), ...unknown]);
  return [...names]
    .filter((name) => unknown.includes(name) || !isEmpty((after ?? before)?.[name]))
    .toSorted();
}

function valueText({ before, after, unknown, sensitive }: Change, name: string): string {
  if (sensitive.includes(name)) return "(sensitive value)";
  const next = unknown.includes(name) ? "(known after apply)" : JSON.stringify(after?.[name]);
  if (before === null) return next;
  const last = JSON.stringify(before[name] ?? null);
  return last === next ? last : `${last} -> ${after === null ? "null" : next}`;
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}
