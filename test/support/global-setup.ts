import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A test must never touch the anchors, credentials or settings of the person who runs it. */
export function setup(): void {
  process.env["XDG_STATE_HOME"] = mkdtempSync(path.join(tmpdir(), "runwright-state-"));
  process.env["XDG_CACHE_HOME"] = mkdtempSync(path.join(tmpdir(), "runwright-cache-"));
  process.env["AWS_EC2_METADATA_DISABLED"] = "true";
}
