/**
 * Node's hooks that let it import TypeScript: the tests of runbooks. A file is bundled with what it imports by relative path,
 * as a runbook is, so that both are written the same way.
 */
import type { LoadHook, ResolveHook } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

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
  return { format: "module", source: await textOf(fileURLToPath(url)), shortCircuit: true };
};

async function textOf(file: string): Promise<string> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    // Its source map names files as seen from here.
    absWorkingDir: path.dirname(file),
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
