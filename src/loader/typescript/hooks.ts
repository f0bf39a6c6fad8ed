/**
 * Node's hooks that let it import TypeScript: the tests of runbooks. A file is bundled with what it imports by relative path,
 * as a runbook is, so that both are written the same way.
 */
import type { LoadHook, ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";
import { bundleModule } from "./bundle.ts";

/** What a runbook may import besides its own files, and so may its test. */
const provided = /^(runwright|zod|xstate)(\/|$)/;

export const resolve: ResolveHook = async (specifier, context, next) => {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!provided.test(specifier)) throw error;
    // Where it is not installed beside the file, it is the one that runs here.
    return next(specifier, { ...context, parentURL: import.meta.url });
  }
};

export const load: LoadHook = async (url, context, next) => {
  if (!/^file:.*\.[cm]?ts$/.test(url)) return next(url, context);
  const source = await bundleModule(fileURLToPath(url), { packages: "external" });
  return { format: "module", source, shortCircuit: true };
};
