import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

const report = process.env["RUNWRIGHT_TEST_REPORT"];

/** How much of what can be run the tests have to run, in each room on its own. */
const rooms = readdirSync("src", { withFileTypes: true }).filter((entry) => entry.isDirectory());
const thresholds = {
  ...Object.fromEntries(rooms.map(({ name }) => [`src/${name}/**`, { lines: 90, statements: 90 }])),
  // What people at a terminal make it do is counted, too, but was not yet on a machine where all of them get to the end.
  "src/cli/**": { lines: 75, statements: 75 },
  // It stands in for terraform and AWS, and is compared with them where they can be had, which is not everywhere.
  "src/practice/**": { lines: 70, statements: 70 },
  "src/model/**": { lines: 100, statements: 100, functions: 100 },
  "src/engine/machine.ts": { lines: 100, statements: 100, functions: 100 },
};

export default defineConfig({
  resolve: {
    alias: [
      { find: /^runwright$/, replacement: new URL("./src/index.ts", import.meta.url).pathname },
      { find: /^runwright\/steps$/, replacement: new URL("./src/steps/index.ts", import.meta.url).pathname },
      { find: /^runwright\/runs$/, replacement: new URL("./src/runs/index.ts", import.meta.url).pathname },
      {
        find: /^runwright\/testing$/,
        replacement: new URL("./src/testing/index.ts", import.meta.url).pathname,
      },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    // The files of a worker share what they import: to load it anew for each takes longer than most of them.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than the cores that are counted on: some of what is tested waits.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    // A test must never touch the anchors of the person who runs it.
    globalSetup: ["test/support/global-setup.ts"],
    setupFiles: ["test/support/own-environment.ts"],
    coverage: {
      provider: "custom",
      customProviderModule: "test/support/covered/module.ts",
      include: ["src/**/*.ts"],
      // All that nothing ran, by file and line, is in `coverage/files.txt`.
      reporter: ["text-summary", ["text", { file: "files.txt", skipFull: true }]],
      thresholds,
    },
  },
});
