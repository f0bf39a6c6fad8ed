import { z } from "zod";
import { RunbookError } from "../model/error.ts";
import { secretReference } from "../model/secret.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { exchange, type Exchange, reasonOf } from "./http/exchange.ts";
import { headerName, resolveHeaders, secretHeader, headerWord } from "./http/headers.ts";
import { httpUrl } from "./parts/shapes.ts";
import { commandLine, shellWord, withSecret } from "./parts/shell.ts";

const milliseconds = 20_000;

const input = z.strictObject({
  /** An address, or a reference to one: whoever knows the address of a chat's webhook may write there. */
  url: z.union([httpUrl, secretReference]),
  text: z.string().min(1),
  /** For example `{ name: "Authorization", secret: "env:TOKEN", prefix: "Bearer " }`. */
  secretHeader: secretHeader.extend({ name: headerName }).optional(),
});
type Notice = z.output<typeof input>;

/** Posts `{"text": ...}` to a webhook, with an `Idempotency-Key` for receivers that understand one. */
export const notifyWebhook = defineStep({
  kind: "notify.webhook",
  effect: "write",
  risk: "low",
  timeout: "1m",
  input,
  output: z.strictObject({ status: z.int() }),
  binds: { nothing: "a notice changes nothing" },
  describe: ({ url, text }) => `post to ${url}: ${text}`,
  commands: ({ url, text, secretHeader: secret }) => [
    [
      commandLine("curl", "-sS", "-X", "POST", "-H", "content-type: application/json"),
      ...(secret === undefined ? [] : [`-H ${headerWord(secret.name, secret)}`]),
      commandLine("-d", JSON.stringify({ text })),
      /^(env|file):/.test(url) ? withSecret("", url) : shellWord(url),
    ].join(" "),
  ],
  run: async (notice, ctx) => {
    const { status, body } = await post(notice, ctx);
    ctx.evidence("webhook.json", { url: notice.url, text: notice.text, status });
    if (status >= 200 && status < 300) return { status };
    const answer = new TextDecoder().decode(body).slice(0, 200);
    throw new RunbookError("WEBHOOK_FAILED", `\`${notice.url}\` answered ${status}: ${answer}.`, {
      data: { status },
    });
  },
  probe: async ({ url }) => ({
    verdict: "unknown",
    why: `\`${url}\` cannot be asked which notifications it received; look whether this one arrived.`,
  }),
});

async function post(notice: Notice, ctx: StepContext): Promise<Exchange> {
  const headers = await headersOf(notice, ctx);
  const url = await addressOf(notice, ctx);
  try {
    return await exchange(
      { method: "POST", url, headers, body: JSON.stringify({ text: notice.text }), milliseconds },
      ctx,
    );
  } catch (error) {
    ctx.signal.throwIfAborted();
    // The reason may quote the address.
    const reason = url === notice.url ? reasonOf(error) : reasonOf(error).replaceAll(url, notice.url);
    throw new RunbookError("WEBHOOK_FAILED", `\`${notice.url}\` gave no answer: ${reason}.`, {
      cause: error,
    });
  }
}

async function headersOf({ secretHeader: secret }: Notice, ctx: StepContext): Promise<Headers> {
  const fixed = { "content-type": "application/json", "idempotency-key": ctx.key };
  if (!secret) return resolveHeaders(fixed, ctx);
  const { name, ...value } = secret;
  return resolveHeaders({ ...fixed, [name]: value }, ctx);
}

async function addressOf({ url }: Notice, ctx: StepContext): Promise<string> {
  if (!secretReference.safeParse(url).success) return url;
  const address = (await ctx.secret(url)).reveal().trim();
  if (httpUrl.safeParse(address).success) return address;
  throw new RunbookError("INPUT_MALFORMED", `\`${url}\` does not hold an http or https address.`);
}
