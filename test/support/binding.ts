import type { Binding } from "../../src/steps/terraform/binding.ts";

/** What a plan was bound to, for tests in which nothing is compared with it. */
export const binding: Binding = {
  files: "f".repeat(64),
  count: 3,
  terraform: { path: "/usr/bin/terraform", version: "1.11.4", sha256: "0".repeat(64) },
  dir: "/configuration",
  workspace: "default",
  backend: "s3://bucket/key",
  region: "us-east-1",
  account: "932100000000",
};
