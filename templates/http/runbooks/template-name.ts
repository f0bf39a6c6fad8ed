import { confirmed, runbook } from "runwright";
import { httpProbe, notifyWebhook } from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({
  url: z.url().describe("what has to answer 200"),
  webhook: z.url().describe("where the team reads"),
});
const { step, gate, define } = runbook("template-name", { title: "Say what it is for", input: Input });

export default define({
  look: step(httpProbe, ({ input: { url } }) => ({ url, expect: { status: [200] } }), {
    title: "Does it answer?",
    routes: [{ when: ({ ok }) => ok, to: "cancelled" }],
    findings: ({ status }) => [confirmed(`it answers ${status ?? "nothing"}`)],
  }),
  ask: gate(
    ({ input, get }) => ({
      title: "Tell the team?",
      summary: `${input.url} answers ${get(httpProbe).status ?? "nothing"}`,
      risk: "low",
    }),
    { title: "Approve the message", onReject: "again" },
  ),
  tell: step(notifyWebhook, ({ input: { url, webhook } }) => ({ url: webhook, text: `${url} is down` }), {
    title: "Tell the team",
  }),
  again: step(
    httpProbe,
    ({ input: { url } }) => ({ url, expect: { status: [200] }, retries: { count: 9, delaySeconds: 10 } }),
    { title: "Does it answer again?", criterion: { title: "It answers 200", passes: ({ ok }) => ok } },
  ),
});
