import { afterEach, expect, test } from "vitest";
import type { RequestListener } from "node:http";
import { httpProbe } from "../../src/steps/http-probe.ts";
import { stepContext } from "../support/step-context.ts";
import { fastClock } from "./incident-world.ts";
import { type LocalServer, nowhere, serve } from "./local-server.ts";

const servers: LocalServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function answer(listener: RequestListener): Promise<string> {
  const server = await serve(listener);
  servers.push(server);
  return server.url;
}

const prediction = {
  model_id: "21",
  prediction: { lead_score: 70, conversion_probability: 0.7, recommendation: "Hot", factors: ["a", "b"] },
};
const json =
  (status: number, value: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };

type Input = Parameters<typeof httpProbe.input.parse>[0];

async function probe(input: Input, overrides: Parameters<typeof stepContext>[0] = {}) {
  const ctx = await stepContext(overrides);
  const output = httpProbe.output.parse(await httpProbe.run(httpProbe.input.parse(input), ctx));
  return { output, ctx };
}

test("status and JSON values are compared, fractions by their text", async () => {
  const url = await answer(json(200, prediction));
  const { output, ctx } = await probe({
    url,
    expect: {
      status: [200],
      json: [
        { path: "model_id", equals: "21" },
        { path: "prediction.lead_score", equals: 70 },
        { path: "prediction.conversion_probability", equals: "0.7" },
        { path: "prediction.factors[1]", equals: "b" },
        { path: "prediction.factors.0", exists: true },
      ],
    },
  });
  expect(output).toMatchObject({
    ok: true,
    status: 200,
    attempts: 1,
    error: null,
    body: JSON.stringify(prediction),
  });
  expect(output.assertions.every(({ pass }) => pass)).toBe(true);
  expect(ctx.recorded.evidence.get("http-probe.json")).toMatchObject({ method: "GET", url, ok: true });
  expect(ctx.recorded.evidence.get("response-1.txt")).toBeInstanceOf(Uint8Array);
});

test("every assertion that does not hold says what was expected and what came", async () => {
  const url = await answer(json(500, { detail: "token not configured", count: "70" }));
  const { output } = await probe({
    url,
    expect: {
      status: [200, 201],
      json: [
        { path: "count", equals: 70 },
        { path: "toString", exists: true },
      ],
    },
  });
  expect(output).toMatchObject({ ok: false, status: 500 });
  expect(output.assertions).toEqual([
    { what: "status", expected: "200 or 201", got: "500", pass: false },
    { what: "json count", expected: "70", got: '"70"', pass: false },
    { what: "json toString", expected: "present", got: "absent", pass: false },
  ]);
});

test("a body that is not JSON fails the assertions about it", async () => {
  const url = await answer((_request, response) => response.end("<html>"));
  const { output } = await probe({ url, expect: { status: [200], json: [{ path: "a", exists: true }] } });
  expect(output.assertions[1]).toMatchObject({ got: "a body that is not JSON", pass: false });
});

test("the time limit covers a body that never ends", async () => {
  const url = await answer((_request, response) => {
    response.writeHead(200);
    response.write("begin");
  });
  const { output } = await probe({ url, expect: { status: [200] }, timeoutSeconds: 1 });
  expect(output).toMatchObject({ ok: false, status: null, error: "no complete answer within 1000 ms" });
  expect(output.elapsedMs).toBeGreaterThanOrEqual(900);
});

test("only the beginning of a very long body is read", async () => {
  const url = await answer((_request, response) => response.end("x".repeat(3_000_000)));
  const { output, ctx } = await probe({ url, expect: { status: [200] } });
  expect(output.ok).toBe(true);
  expect(output.body).toHaveLength(2_000);
  expect(ctx.recorded.evidence.get("response-1.txt")).toHaveProperty("byteLength", 1_048_576);
});

test("a probe is repeated until the answer is the expected one", async () => {
  let count = 0;
  const url = await answer((request, response) => json(++count < 3 ? 503 : 200, {})(request, response));
  const retries = { count: 5, delaySeconds: 10 };
  const { output, ctx } = await probe({ url, expect: { status: [200] }, retries }, { clock: fastClock(500) });
  expect(output).toMatchObject({ ok: true, attempts: 3 });
  expect(ctx.recorded.progress[0]).toBe("attempt 1: status is 503, expected 200");
});

test("an address where nobody listens is told in the output", async () => {
  const retries = { count: 1, delaySeconds: 0 };
  const { output } = await probe({ url: await nowhere(), expect: { status: [200] }, retries });
  expect(output).toMatchObject({ ok: false, status: null, attempts: 2, body: "", assertions: [] });
  expect(output.error).toContain("ECONNREFUSED");
});

test("with `fail` the step fails instead", async () => {
  const expectation = { expect: { status: [200] }, fail: true };
  const url = await answer(json(500, {}));
  await expect(probe({ url, ...expectation })).rejects.toMatchObject({
    code: "HTTP_UNEXPECTED",
    message: `GET \`${url}\`: status is 500, expected 200.`,
  });
  await expect(probe({ url: await nowhere(), ...expectation })).rejects.toMatchObject({
    code: "HTTP_UNREACHABLE",
  });
});

test("a secret header is sent and appears in nothing that the step leaves", async () => {
  const canary = "canary-4711";
  const seen: (string | undefined)[] = [];
  const url = await answer((request, response) => {
    seen.push(request.headers.authorization, request.headers["content-type"], request.method);
    json(200, {})(request, response);
  });
  process.env["PROBE_KEY"] = canary;
  const { output, ctx } = await probe({
    method: "POST",
    url,
    headers: { Authorization: { secret: "env:PROBE_KEY", prefix: "Bearer " } },
    body: JSON.stringify({ a: 1 }),
    expect: { status: [200] },
  });
  expect(seen).toEqual([`Bearer ${canary}`, "application/json", "POST"]);
  expect(JSON.stringify([output, [...ctx.recorded.evidence], ctx.recorded.progress])).not.toContain(canary);
});

test("a secret that no header can carry fails without being printed", async () => {
  process.env["PROBE_KEY"] = "canary\n4711";
  const run = probe({
    url: await answer(json(200, {})),
    headers: { "X-API-Key": { secret: "env:PROBE_KEY" } },
    expect: { status: [200] },
  });
  await expect(run).rejects.toMatchObject({
    code: "INPUT_MALFORMED",
    message: "The value of header `X-API-Key` holds a character that HTTP forbids.",
  });
});

test("a redirect is an answer and is not followed", async () => {
  let others = 0;
  const elsewhere = await answer((_request, response) => {
    others += 1;
    response.end();
  });
  const url = await answer((_request, response) => response.writeHead(302, { location: elsewhere }).end());
  const { output } = await probe({ url, expect: { status: [302] } });
  expect(output.ok).toBe(true);
  expect(others).toBe(0);
});

test("a cancelled probe rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const url = await answer(() => controller.abort(new Error("cancelled")));
  await expect(probe({ url, expect: { status: [200] } }, { signal: controller.signal })).rejects.toThrow(
    "cancelled",
  );
});

test.each([
  ["ftp://a.example/", {}],
  ["https://user:pass@a.example/", {}],
  ["https://a.example/", { body: "{}" }],
  ["https://a.example/", { headers: { "bad name": "x" } }],
  ["https://a.example/", { headers: { "X-Key": { secret: "plain value" } } }],
  ["https://a.example/", { retries: { count: 1_000, delaySeconds: 60 } }],
])("input for %s with %o is refused", (url, more) => {
  expect(httpProbe.input.safeParse({ url, expect: { status: [200] }, ...more }).success).toBe(false);
});
