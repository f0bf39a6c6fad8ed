import { bundleModule } from "./bundle.ts";

/** What a TypeScript file exports that stands by itself: what it imports is part of its text. */
export async function importTypeScript(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await bundleModule(file, {});
  return import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}
