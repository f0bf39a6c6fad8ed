import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { packageVersion, recentTerraform, terraformOf } from "../../src/runs/tool-versions.ts";

/** An environment whose terraform prints this. */
function terraformThat(prints: string) {
  const cwd = mkdtempSync(path.join(tmpdir(), "runwright-tools-"));
  const file = path.join(cwd, "terraform");
  writeFileSync(file, `#!/bin/sh\necho '${prints}'\n`);
  chmodSync(file, 0o755);
  return { file, cwd, env: { PATH: process.env["PATH"], RUNWRIGHT_TERRAFORM: file } };
}

test("terraform is asked for its version, and an old one is refused", async () => {
  const recent = terraformThat(`{"terraform_version":"1.12.0"}`);
  expect(await recentTerraform(recent)).toEqual({ file: recent.file, version: "1.12.0", standIn: false });
  const old = terraformThat(`{"terraform_version":"1.9.8","stand_in":true}`);
  expect(await terraformOf(old)).toMatchObject({ version: "1.9.8", standIn: true });
  await expect(recentTerraform(old)).rejects.toMatchObject({ code: "TERRAFORM_TOO_OLD" });
  await expect(terraformOf(terraformThat("usage"))).rejects.toMatchObject({ code: "TERRAFORM_MISSING" });
});

test("the version is that of the package", () => {
  expect(packageVersion()).toBe(
    (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version,
  );
});
