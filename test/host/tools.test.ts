import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { awsSettings, findTool } from "../../src/host/tools.ts";

function placed(mode: number): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "runwright-tool-")), "terraform");
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, mode);
  return file;
}

test("no call of AWS may hang for ever, and the region is that of the environment", () => {
  expect(awsSettings({ AWS_DEFAULT_REGION: "eu-west-1" }, 3)).toMatchObject({
    region: "eu-west-1",
    maxAttempts: 3,
  });
  const { region, requestHandler } = awsSettings(
    { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "eu-west-1" },
    1,
  );
  expect(region).toBe("us-east-1");
  expect(requestHandler).toMatchObject({ throwOnRequestTimeout: true });
  expect(requestHandler.requestTimeout).toBeGreaterThan(0);
});

test("a tool is the first on PATH that can be run, and the one that is named wins", async () => {
  const [first, second, no] = [placed(0o755), placed(0o755), placed(0o644)];
  const PATH = [no, first, second].map((file) => path.dirname(file)).join(path.delimiter);
  // To root everything that has one execute bit can be run, and what has none cannot.
  expect(await findTool("terraform", { PATH })).toBe(first);
  expect(await findTool("terraform", { PATH, RUNWRIGHT_TERRAFORM: "" })).toBe(first);
  expect(await findTool("terraform", { PATH, RUNWRIGHT_TERRAFORM: second })).toBe(second);
});

test("a tool that is not there is told with where it was looked for; a named one is not replaced by another", async () => {
  const missing = { code: "TERRAFORM_MISSING" };
  await expect(findTool("terraform", {})).rejects.toMatchObject(missing);
  const env = { PATH: path.dirname(placed(0o755)), RUNWRIGHT_TERRAFORM: "/not/there" };
  await expect(findTool("terraform", env)).rejects.toMatchObject({
    ...missing,
    message: "There is no executable `terraform` at `/not/there` (RUNWRIGHT_TERRAFORM).",
  });
});
