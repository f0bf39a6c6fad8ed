import { confirmed, runbook } from "runwright";
import { httpProbe } from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({
  url: z.url().describe("what has to answer 200"),
});
const { step, define } = runbook("template-name", { title: "Say what it is for", input: Input });

export default define({
  look: step(httpProbe, ({ input: { url } }) => ({ url, expect: { status: [200] } }), {
    title: "Does it answer?",
    findings: ({ status }) => [confirmed(`it answers ${status ?? "nothing"}`)],
    criterion: { title: "It answers 200", passes: ({ ok }) => ok },
  }),
});
