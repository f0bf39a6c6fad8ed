import { records, text, texts } from "../account/input.ts";
import type { Tags } from "../account/tags.ts";
import { AwsError, type Request } from "../account/world.ts";

/** The values of one resource by the names that EC2's filters have for them. */
export type FilterFields = Readonly<Record<string, string | readonly string[]>>;

/** Keeps what passes every `Filter` of the request. */
export function applyFilters<T extends { readonly tags: Tags }>(
  request: Request,
  resources: readonly T[],
  fieldsOf: (resource: T) => FilterFields,
): readonly T[] {
  const filters = records(request, "Filter").map((filter) => ({
    name: text(filter, "Name"),
    patterns: texts(filter, "Value").map(toPattern),
  }));
  return resources.filter((resource) => {
    const fields = fieldsOf(resource);
    return filters.every(({ name, patterns }) => {
      const values = valuesOf(name, fields, resource.tags);
      return values.some((value) => patterns.some((pattern) => pattern.test(value)));
    });
  });
}

function valuesOf(name: string, fields: FilterFields, tags: Tags): readonly string[] {
  if (name === "tag-key") return [...tags.keys()];
  if (name.startsWith("tag:")) {
    const value = tags.get(name.slice("tag:".length));
    return value === undefined ? [] : [value];
  }
  const value = fields[name];
  if (value === undefined) throw new AwsError("InvalidParameterValue", `The filter '${name}' is invalid`);
  return typeof value === "string" ? [value] : value;
}

/** EC2's filters know `*` and `?`. */
function toPattern(value: string): RegExp {
  const escaped = value.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
