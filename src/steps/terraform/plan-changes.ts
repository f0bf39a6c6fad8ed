import { z } from "zod";
import { shorten } from "../../model/shorten.ts";
import { maskedChange } from "./mask.ts";
import { type Change, isObject, isSame, meaning, type ResourceChange } from "./plan-json.ts";
import { type Container, containersOf, secretsOf } from "./task-definition.ts";

const Attribute = z.strictObject({ name: z.string(), before: z.string(), after: z.string() });
type Attribute = z.output<typeof Attribute>;

/** What changes inside one object, in words; what is sensitive is hidden. */
export const ChangeDetail = z.strictObject({
  address: z.string(),
  attributes: z.array(Attribute),
  /** Names of a task definition's secrets; null where terraform does not know them yet. Null for other types. */
  secrets: z
    .strictObject({ before: z.array(z.string()).nullable(), after: z.array(z.string()).nullable() })
    .nullable(),
});
export type ChangeDetail = z.output<typeof ChangeDetail>;

/** An attribute that every create fills in tells a reader nothing. */
const dull = new Set(["id", "arn", "arn_without_revision", "tags_all", "container_definitions"]);
const none = "(none)";
const later = "(known after apply)";
const most = 20;

export function detailOf({ address, type, change }: ResourceChange): ChangeDetail {
  const shown = maskedChange(change);
  const attributes = attributesOf(shown);
  if (type !== "aws_ecs_task_definition")
    return { address, attributes: attributes.slice(0, most), secrets: null };
  const [before, after] = [containersOf(shown.before), containersOf(shown.after)];
  // Environment values are compared as they are, because the shown ones are all hidden.
  const inside = containerChanges(
    before ? (containersOf(change.before) ?? []) : [],
    after ? (containersOf(change.after) ?? []) : [],
  );
  return {
    address,
    attributes: [...inside, ...attributes].slice(0, most),
    secrets: { before: before ? [...secretsOf(before)] : null, after: after ? [...secretsOf(after)] : null },
  };
}

function attributesOf({ before, after, after_unknown: unknown }: Change): readonly Attribute[] {
  const [old, fresh] = [asObject(before), asObject(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((name) => !dull.has(name));
  const open = asObject(unknown);
  return names
    .filter((name) => open[name] !== true && after !== null && !isSame(old[name], fresh[name]))
    .map((name) => ({ name, before: inWords(old[name]), after: inWords(fresh[name]) }))
    .concat(
      Object.keys(open)
        .filter((name) => open[name] === true && !dull.has(name) && meaning(old[name]) !== undefined)
        .map((name) => ({ name, before: inWords(old[name]), after: later })),
    );
}

function containerChanges(before: readonly Container[], after: readonly Container[]): readonly Attribute[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [old, fresh] = [before, after].map((list) => list.find((container) => container.name === name));
    const image = { name: `${name}.image`, before: old?.image ?? none, after: fresh?.image ?? none };
    return [...(image.before === image.after ? [] : [image]), ...environmentChanges(name, old, fresh)];
  });
}

function environmentChanges(name: string, old?: Container, fresh?: Container): readonly Attribute[] {
  const [before, after] = [variables(old), variables(fresh)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((variable) => before.get(variable) !== after.get(variable))
    .map((variable) => ({
      name: `${name}.environment.${variable}`,
      before: before.has(variable) ? "[value not shown]" : none,
      after: after.has(variable) ? "[another value, not shown]" : none,
    }));
}

function variables(container?: Container): ReadonlyMap<string, string> {
  return new Map((container?.environment ?? []).map(({ name, value }) => [name, value ?? ""]));
}

function inWords(value: unknown): string {
  if (meaning(value) === undefined) return none;
  return shorten(typeof value === "string" ? value : JSON.stringify(value), 160);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
