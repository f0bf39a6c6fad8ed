import { afterEach, expect, test } from "vitest";
import type { IncomingHttpHeaders } from "node:http";
import { notifyWebhook } from "../../src/steps/notify-webhook.ts";
import { stepContext } from "../support/step-context.ts";
import { type LocalServer, nowhere, serve } from "./local-server.ts";

let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

async function receiver(status: number): Promise<readonly Received[]> {
  const received: Received[] = [];
  server = await serve(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body: JSON.parse(body) });
    response.writeHead(status).end("no such channel");
  });
  return received;
}

test("the text is posted once with the step's key", async () => {
  const received = await receiver(204);
  const ctx = await stepContext();
  await expect(notifyWebhook.run({ url: server!.url, text: "fixed" }, ctx)).resolves.toEqual({ status: 204 });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ body: { text: "fixed" }, headers: { "idempotency-key": ctx.key } });
  expect(ctx.recorded.evidence.get("webhook.json")).toMatchObject({ text: "fixed", status: 204 });
});

test("a secret address and a secret header are used and never shown", async () => {
  const received = await receiver(200);
  process.env["HOOK_URL"] = `${server!.url}/canary-4711`;
  process.env["HOOK_TOKEN"] = "canary-4712";
  const ctx = await stepContext();
  const input = {
    url: "env:HOOK_URL",
    text: "fixed",
    secretHeader: { name: "Authorization", secret: "env:HOOK_TOKEN", prefix: "Bearer " },
  };
  expect(notifyWebhook.input.parse(input)).toEqual(input);
  await notifyWebhook.run(input, ctx);
  expect(received[0]?.headers.authorization).toBe("Bearer canary-4712");
  expect(JSON.stringify([...ctx.recorded.evidence])).not.toContain("canary");
  expect(notifyWebhook.describe(input)).toBe("post to env:HOOK_URL: fixed");
});

test("an answer that is not a success fails with its words", async () => {
  await receiver(404);
  await expect(notifyWebhook.run({ url: server!.url, text: "x" }, await stepContext())).rejects.toMatchObject(
    {
      code: "WEBHOOK_FAILED",
      message: `\`${server!.url}\` answered 404: no such channel.`,
    },
  );
});

test("a secret address where nobody listens fails without being shown", async () => {
  process.env["HOOK_URL"] = `${await nowhere()}/canary-4711`;
  const error = await notifyWebhook
    .run({ url: "env:HOOK_URL", text: "x" }, await stepContext())
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "WEBHOOK_FAILED", message: expect.stringContaining("`env:HOOK_URL`") });
  expect(error).not.toMatchObject({ message: expect.stringContaining("canary") });
});

test("a reference that holds no address is refused", async () => {
  process.env["HOOK_URL"] = "not an address";
  await expect(
    notifyWebhook.run({ url: "env:HOOK_URL", text: "x" }, await stepContext()),
  ).rejects.toMatchObject({ code: "INPUT_MALFORMED" });
});

test("after a crash nobody can tell whether the notification arrived", async () => {
  const probed = await notifyWebhook.probe({ url: "https://a.example/hook", text: "x" }, await stepContext());
  expect(probed).toMatchObject({
    verdict: "unknown",
    why: expect.stringContaining("https://a.example/hook"),
  });
});
