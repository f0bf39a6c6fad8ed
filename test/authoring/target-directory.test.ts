import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { fitToDirectory, hasVitest } from "../../src/authoring/target-directory.ts";

const written = { file: "test/x.test.ts", text: 'import { test } from "node:test";\n' };

function place(): string {
  return mkdtempSync(path.join(tmpdir(), "runwright-author-"));
}

test("where there is no tsconfig above, one is written; where there is one, it is left alone", () => {
  const dir = place();
  const [same, config] = fitToDirectory([written], dir);
  expect(same).toEqual(written);
  expect(config?.file).toBe("tsconfig.json");
  expect(JSON.parse(config?.text ?? "")).toMatchObject({ compilerOptions: { strict: true, noEmit: true } });
  writeFileSync(path.join(dir, "tsconfig.json"), "{}");
  const inner = path.join(dir, "inner");
  mkdirSync(inner);
  expect(fitToDirectory([written], inner)).toEqual([written]);
});

test("where vitest is installed, the test is one of vitest", () => {
  const dir = place();
  expect(hasVitest(dir)).toBe(false);
  const own = path.join(dir, "node_modules", "vitest");
  mkdirSync(own, { recursive: true });
  writeFileSync(path.join(own, "package.json"), '{"name":"vitest"}');
  expect(hasVitest(dir)).toBe(true);
  expect(fitToDirectory([written], dir)[0]?.text).toBe('import { test } from "vitest";\n');
});
