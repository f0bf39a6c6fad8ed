// A run whose steps end at once, so that nothing but its own turns keeps the process busy.
import { writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { temporary } from "../support/terraform.ts";
import { runwright } from "./support/command-line.ts";

const rounds = 2_500;

/** Goes round; at the 25th it is told to stop, as by whoever stops the service that it runs in. */
const loop = `
import { defineStep, runbook } from "runwright";
import { z } from "zod";

const Count = z.strictObject({ n: z.int() });
const count = defineStep({
  kind: "test.count",
  effect: "read",
  risk: "none",
  timeout: "5s",
  input: Count,
  output: Count,
  describe: ({ n }) => \`count to \${n}\`,
  run: async ({ n }) => {
    if (n === 25) process.kill(process.pid, "SIGTERM");
    return { n };
  },
});
const { step, define } = runbook("rounds", { title: "Go round", input: z.strictObject({}) });
export default define({
  count: step(count, ({ find }) => ({ n: (find(count)?.n ?? 0) + 1 }), {
    routes: [{ when: ({ n }) => n < ${rounds}, to: "count" }],
  }),
});
`;

function environment(dir: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: dir,
    XDG_STATE_HOME: path.join(dir, "state"),
    XDG_CACHE_HOME: path.join(dir, "cache"),
    XDG_RUNTIME_DIR: dir,
  };
}

test("a run whose steps end at once hears that it has to stop, long before its end", async () => {
  const dir = temporary("at-once");
  const file = path.join(dir, "rounds.ts");
  writeFileSync(file, loop);
  const { code, out, err } = await runwright({ dir, env: environment(dir) }, ["run", file, "-q"]);
  expect({ code, said: out + err }).toEqual({ code: 143, said: expect.stringContaining("Stopping safely") });
  const db = new Database(path.join(dir, "state.db"), { readonly: true });
  const types = db.prepare<[], string>("SELECT type FROM events ORDER BY seq").pluck().all();
  const epochs = db.prepare<[], number>("SELECT epoch FROM leases").pluck().all();
  db.close();
  expect(types.at(-1)).toBe("run.interrupted");
  expect(types.filter((type) => type === "step.started").length).toBeLessThan(200);
  expect(epochs).toEqual([1]);
}, 120_000);
