import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const launcher = path.join(import.meta.dirname, "../../dist/cli/runwright.cjs");

/** Loading modules is most of what `status` costs; each of the heavier ones would be felt by a script that asks in a loop. */
test("status loads only the few modules of Node that it cannot do without", () => {
  const required = [...readFileSync(launcher, "utf8").matchAll(/require\("(?:node:)?([a-z_:/]+)"\)/g)];
  const names = new Set(required.map(([, name = ""]) => name));
  expect(names).toEqual(new Set(["fs", "module", "os", "path", "util"]));
});
