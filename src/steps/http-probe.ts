import { z } from "zod";
import { RunbookError } from "../model/error.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { assertJson, assertStatus, jsonExpectation } from "./http/assertions.ts";
import { exchange, reasonOf } from "./http/exchange.ts";
import { headerName, headerWord, resolveHeaders, secretHeader } from "./http/headers.ts";
import { pause } from "./parts/waiting.ts";
import { httpUrl } from "./parts/shapes.ts";
import { commandLine, shellWord } from "./parts/shell.ts";

const shownCharacters = 2_000;
const mostSeconds = 1_500;

const input = z
  .strictObject({
    /** A POST is the author's promise that this request changes nothing that matters: a probe may be repeated. */
    method: z.enum(["GET", "HEAD", "POST"]).default("GET"),
    url: httpUrl,
    headers: z.record(headerName, z.union([z.string(), secretHeader])).default({}),
    /** JSON text. */
    body: z.string().optional(),
    expect: z.strictObject({
      status: z.array(z.int().min(100).max(599)).min(1),
      json: z.array(jsonExpectation).default([]),
    }),
    /** For one whole exchange, the body included. */
    timeoutSeconds: z.int().min(1).max(600).default(10),
    retries: z
      .strictObject({ count: z.int().min(0).max(1_000), delaySeconds: z.int().min(0).max(600) })
      .default({ count: 0, delaySeconds: 0 }),
    /** Fail the step when the answer is not the expected one, instead of telling so in the output. */
    fail: z.boolean().default(false),
  })
  .refine(({ method, body }) => body === undefined || method === "POST", "only a POST has a body")
  .refine(
    ({ retries, timeoutSeconds }) =>
      (retries.count + 1) * (timeoutSeconds + retries.delaySeconds) <= mostSeconds,
    `all attempts together must end within ${mostSeconds} seconds`,
  );
type ProbeRequest = z.output<typeof input>;

const output = z.strictObject({
  ok: z.boolean(),
  status: z.int().nullable(),
  attempts: z.int(),
  /** Of the last attempt. */
  elapsedMs: z.int(),
  /** Its beginning; the whole is in the evidence. */
  body: z.string(),
  assertions: z.array(
    z.strictObject({ what: z.string(), expected: z.string(), got: z.string(), pass: z.boolean() }),
  ),
  /** Why there was no answer. */
  error: z.string().nullable(),
});
type ProbeAnswer = z.output<typeof output>;

/** Sends a request and compares the answer with what is expected. */
export const httpProbe = defineStep({
  kind: "http.probe",
  effect: "read",
  risk: "none",
  timeout: "30m",
  input,
  output,
  describe: ({ method, url, expect }) => `${method} ${url}, expecting ${expect.status.join(" or ")}`,
  commands: ({ method, url, headers, body, timeoutSeconds, expect }) => [
    [
      commandLine("curl", "-sS", "-i", "--max-time", timeoutSeconds, "-X", method),
      ...Object.entries(headers).map(([name, value]) => `-H ${headerWord(name, value)}`),
      ...(body === undefined ? [] : [commandLine("-H", "content-type: application/json", "-d", body)]),
      `${shellWord(url)}   # expected: ${expect.status.join(" or ")}`,
    ].join(" "),
  ],
  run: async (probe, ctx) => {
    const headers = await resolveHeaders(withContentType(probe), ctx);
    let answer = await attempt(probe, headers, ctx, 1);
    while (!answer.ok && answer.attempts <= probe.retries.count) {
      ctx.progress(`attempt ${answer.attempts}: ${summary(answer)}`);
      await pause(ctx, probe.retries.delaySeconds);
      answer = await attempt(probe, headers, ctx, answer.attempts + 1);
    }
    const { body: _, ...facts } = answer;
    ctx.evidence("http-probe.json", { method: probe.method, url: probe.url, ...facts });
    if (probe.fail && !answer.ok) throw failure(probe, answer);
    return answer;
  },
});

function withContentType({ headers, body }: ProbeRequest): ProbeRequest["headers"] {
  return body === undefined ? headers : { "content-type": "application/json", ...headers };
}

async function attempt(
  probe: ProbeRequest,
  headers: Headers,
  ctx: StepContext,
  number: number,
): Promise<ProbeAnswer> {
  const { method, url, body, timeoutSeconds, expect } = probe;
  const began = ctx.clock.now().getTime();
  const elapsed = (): { attempts: number; elapsedMs: number } => ({
    attempts: number,
    elapsedMs: Math.max(0, Math.round(ctx.clock.now().getTime() - began)),
  });
  try {
    const request = { method, url, headers, milliseconds: timeoutSeconds * 1_000 };
    const got = await exchange({ ...request, ...(body === undefined ? {} : { body }) }, ctx);
    if (got.body.byteLength > 0) ctx.evidence(`response-${number}.txt`, got.body);
    const text = new TextDecoder().decode(got.body);
    const assertions = [assertStatus(expect.status, got.status), ...assertJson(text, expect.json)];
    return {
      ok: assertions.every(({ pass }) => pass),
      status: got.status,
      ...elapsed(),
      body: text.slice(0, shownCharacters).toWellFormed(),
      assertions,
      error: null,
    };
  } catch (error) {
    ctx.signal.throwIfAborted();
    return { ok: false, status: null, ...elapsed(), body: "", assertions: [], error: reasonOf(error) };
  }
}

function failure({ method, url }: ProbeRequest, answer: ProbeAnswer): RunbookError {
  const code = answer.status === null ? "HTTP_UNREACHABLE" : "HTTP_UNEXPECTED";
  const attempts = answer.attempts === 1 ? "" : ` in ${answer.attempts} attempts`;
  return new RunbookError(code, `${method} \`${url}\`${attempts}: ${summary(answer)}.`, {
    data: { status: answer.status, attempts: answer.attempts },
  });
}

function summary({ error, assertions }: ProbeAnswer): string {
  if (error !== null) return error;
  const missed = assertions.filter(({ pass }) => !pass);
  return missed.map(({ what, expected, got }) => `${what} is ${got}, expected ${expected}`).join("; ");
}
