import { readFile } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { errorCode } from "../../model/error-code.ts";
import type { StepContext } from "../../model/step.ts";
import { writeDurably } from "../../system/files.ts";

/** What was seen before the effect, kept over a crash: afterwards the world looks different. */
export async function remember<T extends z.ZodType>(
  ctx: StepContext,
  { name, schema }: { readonly name: string; readonly schema: T },
  look: () => Promise<z.output<T>>,
): Promise<z.output<T>> {
  const kept = await recall(ctx, { name, schema });
  if (kept !== undefined) return kept;
  const seen = await look();
  await writeDurably(path.join(ctx.dir, `${name}.json`), JSON.stringify(seen));
  return seen;
}

/** What `remember` kept under this name, or undefined when it never did. */
export async function recall<T extends z.ZodType>(
  ctx: StepContext,
  { name, schema }: { readonly name: string; readonly schema: T },
): Promise<z.output<T> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path.join(ctx.dir, `${name}.json`), "utf8")));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
