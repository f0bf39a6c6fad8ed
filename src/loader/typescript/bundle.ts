import path from "node:path";
import type { BuildOptions } from "esbuild";

/** A TypeScript file and what it imports by relative path as the text of one module. */
export async function bundleModule(file: string, more: BuildOptions): Promise<string> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    // Its source map names files as seen from here.
    absWorkingDir: path.dirname(file),
    logLevel: "silent",
    ...more,
  });
  return outputFiles?.[0]?.text ?? "";
}
