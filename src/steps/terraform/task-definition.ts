import { z } from "zod";
import { isObject } from "./plan-json.ts";

const Named = z.looseObject({ name: z.string() });

const Container = z.looseObject({
  name: z.string().default(""),
  image: z.string().default(""),
  secrets: z.array(Named).nullish(),
  environment: z.array(Named.extend({ value: z.string().nullish() })).nullish(),
});

export type Container = z.output<typeof Container>;

/** The containers of a task definition's attributes, or undefined where they are not known or not shown. */
export function containersOf(attributes: unknown): readonly Container[] | undefined {
  const text = isObject(attributes) ? attributes["container_definitions"] : undefined;
  if (typeof text !== "string") return undefined;
  try {
    return z.array(Container).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Names of the secrets that the containers get, sorted. */
export function secretsOf(containers: readonly Container[]): readonly string[] {
  const names = containers.flatMap(({ secrets }) => (secrets ?? []).map(({ name }) => name));
  return [...new Set(names)].toSorted();
}
