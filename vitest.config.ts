import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

const report = process.env["RUNWRIGHT_TEST_REPORT"];

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
  },
});
