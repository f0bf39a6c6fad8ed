// Runs test/crash/main.ts, which Node 20 cannot run as it is.
import { spawnSync } from "node:child_process";
import { buildSync } from "esbuild";

const outfile = "node_modules/.cache/runwright/crash/main.mjs";
buildSync({
  entryPoints: ["test/crash/main.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "error",
});
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
