// Bundles src/ into dist/: few files start faster than many, and lazy imports stay lazy as chunks of their own.
import childProcess from "node:child_process";
import crypto from "node:crypto";
import { chmod, rm } from "node:fs/promises";
import v8 from "node:v8";
import { build } from "esbuild";

const programs = ["practice/terraform/main", "practice/world/main"];
// What lets another node import TypeScript is loaded by that node, so each part is a file.
const typescript = ["loader/typescript/main", "loader/typescript/hooks"];
// commander and the AWS clients are bundled: their many files cost more to find than to run, which a practice run with its
// twenty terraforms pays again and again, and all of EC2's take 90 MB of memory where a few calls are used.
const external = ["better-sqlite3", "esbuild", "execa", "inquirer", "xstate", "zod"];
const common = { bundle: true, platform: "node", target: "node20", sourcemap: true, minifySyntax: true };

const modules = (names, more) =>
  build({
    ...common,
    entryPoints: names.map((name) => ({ in: `src/${name}.ts`, out: name })),
    outdir: "dist",
    splitting: true,
    format: "esm",
    minifyWhitespace: true,
    // What is bundled of a package is only what is used, which needs its ES modules.
    mainFields: ["module", "main"],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    ...more,
  });

await rm("dist", { recursive: true, force: true });
await modules(["index", "steps/index", "testing/index", ...typescript, "cli/main"], {
  chunkNames: "chunks/[name]-[hash]",
  external,
});
// No runbook is loaded into these, so nothing has to be theirs and the runbook's at once.
await modules(programs, { chunkNames: "practice/chunks/[name]-[hash]", minify: true });
/** A module of Node whose functions load it when they are called: a command that only shows something needs none of these. */
const lazy = { "node:crypto": crypto, "node:child_process": childProcess, "node:v8": v8 };
const lazily = (name) =>
  Object.keys(lazy[name])
    .filter((key) => typeof lazy[name][key] === "function")
    .map(
      (key) =>
        `export function ${key}(...args) { return process.getBuiltinModule("${name}").${key}(...args); }`,
    )
    .join("\n");
// The way in is one CommonJS file: it starts in half the time, and hands on what it does not do itself.
await build({
  ...common,
  entryPoints: ["src/cli/quick.ts"],
  outfile: "dist/cli/runwright.cjs",
  format: "cjs",
  minify: true,
  keepNames: true,
  define: { "import.meta.url": "__url" },
  banner: {
    js: "const __url = require('node:url').pathToFileURL(__filename).href;",
  },
  // Another file of this build, loaded only for what this one does not do.
  external: ["*.node"],
  plugins: [
    {
      name: "main",
      setup: (builder) =>
        builder.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: "./main.js", external: true })),
    },
    {
      name: "lazy",
      setup: (builder) => {
        builder.onResolve({ filter: /^node:(crypto|child_process|v8)$/ }, ({ path }) => ({
          path,
          namespace: "lazy",
        }));
        builder.onLoad({ filter: /./, namespace: "lazy" }, ({ path }) => ({ contents: lazily(path) }));
      },
    },
  ],
});
for (const name of ["cli/runwright.cjs", "cli/main.js", ...programs.map((program) => `${program}.js`)]) {
  await chmod(`dist/${name}`, 0o755);
}
