// Runs benches: `node bench/run.js [NAME...]`. Node 20 runs no TypeScript, so each is bundled first.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { buildSync } from "esbuild";

const all = readdirSync("bench")
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -".ts".length));
const named = process.argv.slice(2);
let failed = false;
for (const name of named.length > 0 ? named : all) {
  const outfile = `node_modules/.cache/runwright/bench/${name}.mjs`;
  buildSync({
    entryPoints: [`bench/${name}.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    alias: {
      runwright: "./src/index.ts",
      "runwright/steps": "./src/steps/index.ts",
      "runwright/testing": "./src/testing/index.ts",
    },
    logLevel: "error",
  });
  console.log(`# ${name}`);
  const { status } = spawnSync(process.execPath, ["--expose-gc", outfile], { stdio: "inherit" });
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
