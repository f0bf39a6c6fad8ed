import { optionalText, text } from "./input.ts";
import type { Request } from "./world.ts";

export type Tags = Map<string, string>;
export type TagValues = Readonly<Record<string, string>>;

export function tagsOf(values: TagValues | undefined): Tags {
  return new Map(Object.entries(values ?? {}));
}

/** Sets the `{Key, Value}` pairs and returns whether that changed anything. */
export function setTags(tags: Tags, pairs: readonly Request[]): boolean {
  let changed = false;
  for (const pair of pairs) {
    const key = text(pair, "Key");
    const value = optionalText(pair, "Value") ?? "";
    if (tags.get(key) === value) continue;
    tags.set(key, value);
    changed = true;
  }
  return changed;
}

/** Removes the keys and returns whether any was there. */
export function dropTags(tags: Tags, keys: readonly string[]): boolean {
  return keys.map((key) => tags.delete(key)).includes(true);
}

export function tagPairs(tags: Tags): readonly { readonly Key: string; readonly Value: string }[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
