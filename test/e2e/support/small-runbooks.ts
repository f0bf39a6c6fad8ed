/** Runbooks that are quick to run, for what has nothing to do with the incident. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Waits for an approval, then asks what to do; touches nothing. */
const ask = `
import { runbook } from "runwright";
import { z } from "zod";

const Input = z.strictObject({
  expires: z.string().default("30m"),
  usable: z.string().default("15m"),
  approvers: z.enum(["anyone", "others"]).default("anyone"),
});
const { gate, choice, define } = runbook("ask", { title: "Ask twice", input: Input });
export default define({
  go: gate(({ input }) => ({ title: "Go on?", summary: "Nothing happens.", risk: "high", ...input })),
  how: choice(() => ({ title: "How?" }), {
    well: { label: "Well", to: "done" },
    badly: { label: "Badly", to: "failed", danger: true },
  }),
  done: gate(() => ({ title: "Done?", summary: "It was well.", risk: "low" })),
});
`;

/** Reads what a service runs: one call of AWS, on a target. */
const look = `
import { runbook } from "runwright";
import { describeTaskDefinition } from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({ cluster: z.string(), service: z.string() });
const { step, define } = runbook("look", {
  title: "Look at a service",
  input: Input,
  target: () => ({ dir: ".", region: "us-east-1" }),
});
export default define({ look: step(describeTaskDefinition, ({ input: { cluster, service } }) => ({ cluster, service })) });
`;

/** Waits for an approval on a target. */
const hold = `
import { runbook } from "runwright";
import { z } from "zod";

const { gate, define } = runbook("hold", {
  title: "Hold a target",
  input: z.strictObject({}),
  target: () => ({ dir: ".", region: "us-east-1" }),
});
export default define({ go: gate(() => ({ title: "Go on?", summary: "Nothing happens.", risk: "low" })) });
`;

/** Makes one call that changes something. */
const tell = `
import { runbook } from "runwright";
import { notifyWebhook } from "runwright/steps";
import { z } from "zod";

const { step, define } = runbook("tell", { title: "Tell somebody", input: z.strictObject({ url: z.url() }) });
export default define({ tell: step(notifyWebhook, ({ input }) => ({ url: input.url, text: "one" })) });
`;

const broken = {
  syntax: `export default {`,
  export: `export default { a: 1 };`,
  import: `import lodash from "lodash"; export default lodash;`,
  throws: `throw new Error("boom at load");`,
} as const;

/** Writes them into `runbooks/` and `broken/` of a directory. */
export function writeSmallRunbooks(dir: string): void {
  const write = (folder: string, name: string, text: string): void => {
    mkdirSync(path.join(dir, folder), { recursive: true });
    writeFileSync(path.join(dir, folder, `${name}.ts`), text);
  };
  write("runbooks", "ask", ask);
  write("runbooks", "look", look);
  write("runbooks", "hold", hold);
  write("runbooks", "tell", tell);
  for (const [name, text] of Object.entries(broken)) write("broken", name, text);
}
