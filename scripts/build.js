// Bundles src/ into dist/: few files start faster than many, and lazy imports stay lazy as chunks of their own.
import { chmod, rm } from "node:fs/promises";
import { build } from "esbuild";

const executables = ["cli/main", "practice/terraform/main", "practice/world/main"];

await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: ["index", "steps/index", ...executables].map((name) => ({ in: `src/${name}.ts`, out: name })),
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: true,
  chunkNames: "chunks/[name]-[hash]",
  // commander is bundled because its own files cost more to find than to run.
  external: [
    "better-sqlite3",
    "canonicalize",
    "esbuild",
    "execa",
    "inquirer",
    "xstate",
    "zod",
    "@aws-sdk/*",
  ],
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
});
for (const name of executables) await chmod(`dist/${name}.js`, 0o755);
