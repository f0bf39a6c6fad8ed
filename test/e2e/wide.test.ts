/** A runbook with a name in wide letters, as the commands show it. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { columnsOf } from "../../src/model/display-width.ts";
import { writeSmall } from "../support/runbook-files.ts";
import { runwright } from "./support/command-line.ts";

test("a runbook called 再起動-サービス keeps its columns", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-wide-"));
  const place = { dir, env: { HOME: dir, PATH: process.env["PATH"] ?? "" } };
  writeSmall(dir, `go: gate(() => ({ title: "続行?", summary: "", risk: "low" }))`);
  const text = readFileSync(path.join(dir, "runbooks/small.ts"), "utf8");
  writeFileSync(path.join(dir, "runbooks/wide.ts"), text.replace('"small"', '"再起動-サービス"'));
  for (const name of ["small", "wide"]) await runwright(place, ["run", name]);
  const { out: listed } = await runwright(place, ["list"]);
  const lines = listed.trimEnd().split("\n");
  const starts = lines.slice(1).map((line) => columnsOf(line.slice(0, line.indexOf("waiting"))));
  expect(lines[1]).toContain("再起動-サービス");
  expect(new Set([...starts, columnsOf(lines[0]?.split("STATE")[0] ?? "")]).size).toBe(1);
  const { out: status } = await runwright(place, ["status"]);
  const states = status.split("\n").filter((line) => line.includes("waiting"));
  expect(new Set(states.map((line) => columnsOf(line.slice(0, line.indexOf("waiting"))))).size).toBe(1);
  expect(states).toHaveLength(2);
});
