import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A directory as an author has it: runwright and what a runbook imports are installed, nothing else is there. */
export function authorsDirectory(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
  mkdirSync(path.join(dir, "node_modules"));
  for (const name of ["zod", "xstate"])
    symlinkSync(path.resolve("node_modules", name), path.join(dir, "node_modules", name));
  symlinkSync(path.resolve("."), path.join(dir, "node_modules", "runwright"));
  return dir;
}

/** A runbook of so many steps, each with a route, a criterion and an input of its own. */
export function longRunbook(dir: string, steps: number): string {
  const states = Array.from({ length: steps }, (_, at) => {
    const next = at + 1 < steps ? `step${at + 1}` : "succeeded";
    return `  step${at}: step(httpProbe, ({ input: { url } }) => ({ url, expect: { status: [200] } }), {
    title: "Does it answer (${at})?",
    routes: [{ when: ({ ok }: { readonly ok: boolean }) => ok, to: "${next}" }],
    criterion: { title: "It answers", passes: ({ ok }) => ok },
  }),`;
  });
  const text = `import { runbook } from "runwright";
import { httpProbe } from "runwright/steps";
import { z } from "zod";
const { step, define } = runbook("long", { title: "Long", input: z.strictObject({ url: z.url() }) });
export default define({
${states.join("\n")}
});
`;
  const file = path.join(dir, "long.ts");
  writeFileSync(file, text);
  return file;
}
