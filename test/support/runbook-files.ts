import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A directory far from any package, with these files. */
export function directory(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-files-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

/** The text of a runbook that waits once; `title` may use what `more` imports or declares. */
export function small(title = `"Small"`, more = ""): string {
  return `import { runbook } from "runwright";
import { z } from "zod";
${more}
const { wait, define } = runbook("small", { title: ${title}, input: z.strictObject({}) });
export default define({ pause: wait(() => "1ms") });
`;
}

/** Writes the runbook `small` with these states onto the shelf of a directory. */
export function writeSmall(dir: string, states: string): void {
  mkdirSync(path.join(dir, "runbooks"), { recursive: true });
  const text = `import { runbook } from "runwright";
import { z } from "zod";
const { gate, branch, wait, define } = runbook("small", { title: "Small", input: z.strictObject({}) });
export default define({ ${states} });
`;
  writeFileSync(path.join(dir, "runbooks", "small.ts"), text);
}
