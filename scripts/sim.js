// Runs test/sim/main.ts, which Node 20 cannot run as it is.
import { spawnSync } from "node:child_process";
import { buildSync } from "esbuild";

const outfile = "node_modules/.cache/runwright/sim/main.mjs";
buildSync({
  entryPoints: ["test/sim/main.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  logLevel: "error",
});
const { status } = spawnSync(process.execPath, ["--enable-source-maps", outfile, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
