// Bundles src/ into dist/: few files start faster than many, and lazy imports stay lazy as chunks of their own.
import childProcess from "node:child_process";
import crypto from "node:crypto";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import { build } from "esbuild";

const programs = ["practice/terraform/main", "practice/world/main"];
// What lets another node import TypeScript is loaded by that node, so each part is a file.
const typescript = ["loader/typescript/main", "loader/typescript/hooks"];
// commander, string-width and the AWS clients are bundled: their many files cost more to find than to run, which a practice run with its
// twenty terraforms pays again and again, and all of EC2's take 90 MB of memory where a few calls are used.
const external = ["better-sqlite3", "esbuild", "execa", "inquirer", "xstate"];
/**
 * Whoever installs this has no sources of packages to look at, and their maps would be two thirds of what is installed:
 * to a map, a package's file is its first line.
 */
const unmapped = {
  name: "unmapped",
  setup: (builder) =>
    builder.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const map = JSON.stringify({ version: 3, sources: [basename(path)], mappings: "AAAA" });
      const url = `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
      return { contents: `${await readFile(path, "utf8")}\n//# sourceMappingURL=${url}`, loader: "js" };
    }),
};
/** zod is shared with the runbooks that are loaded; no runbook is loaded into a practice program, which starts faster with its own. */
const zod = {
  name: "zod",
  setup: (builder) =>
    builder.onResolve({ filter: /^zod$/ }, ({ importer }) =>
      /[\\/]src[\\/]practice[\\/](terraform|world)[\\/]/.test(importer)
        ? undefined
        : { path: "zod", external: true },
    ),
};
/** string-width makes a segmenter when it is loaded, which takes longer than a short command: only a wide character loads it. */
const lateWidth = {
  name: "late-width",
  setup: (builder) => {
    builder.onResolve({ filter: /^string-width$/ }, () => ({
      path: "string-width",
      namespace: "late-width",
    }));
    builder.onLoad({ filter: /./, namespace: "late-width" }, () => {
      const file = JSON.stringify(fileURLToPath(import.meta.resolve("string-width")));
      return { contents: `export default (text) => require(${file}).default(text);`, resolveDir: "." };
    });
  },
};
const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  // With them `--enable-source-maps` names our files and lines in the stack of an error.
  sourcemap: true,
  sourcesContent: false,
  minifySyntax: true,
};

await rm("dist", { recursive: true, force: true });
// All at once, so that what several of them use is there once.
const { metafile } = await build({
  ...common,
  metafile: true,
  entryPoints: [
    "index",
    "steps/index",
    "runs/index",
    "testing/index",
    "cli/bin/main",
    ...typescript,
    ...programs,
  ].map((name) => ({
    in: `src/${name}.ts`,
    // `bin` is a room of the sources only.
    out: name.replace("/bin/", "/"),
  })),
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  format: "esm",
  minifyWhitespace: true,
  // What is bundled of a package is only what is used, which needs its ES modules.
  mainFields: ["module", "main"],
  external,
  plugins: [zod, lateWidth, unmapped],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
// Where nothing of ours is in a file, its map says nothing.
for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
  if (file.endsWith(".map") || Object.keys(inputs).some((name) => name.startsWith("src/"))) continue;
  await writeFile(file, (await readFile(file, "utf8")).replace(/\/\/# sourceMappingURL=.*\n$/, ""));
  await rm(`${file}.map`);
}
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
  entryPoints: ["src/cli/bin/runwright.ts"],
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
    lateWidth,
    unmapped,
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
// The program that reads somebody's runbook may read no other file than itself, so everything is in it.
await build({
  ...common,
  sourcemap: false,
  entryPoints: ["src/runs/replayer/main.ts"],
  outfile: "dist/runs/replayer.cjs",
  format: "cjs",
  minifyWhitespace: true,
  define: { "import.meta.url": "__url" },
  banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  // Loaded by steps that run, which none does there.
  external: ["@aws-sdk/*", "esbuild", "better-sqlite3", "execa"],
});
for (const name of ["cli/runwright.cjs", "cli/main.js", ...programs.map((program) => `${program}.js`)]) {
  await chmod(`dist/${name}`, 0o755);
}
