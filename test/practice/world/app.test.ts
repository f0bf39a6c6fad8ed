import { describe, expect, test } from "vitest";
import {
  handleApp,
  LOG_GROUP,
  REDIS_TIMEOUT,
  type AppResponse,
} from "../../../src/practice/world/account/app.ts";
import { allowRedis, createIncident, createTestWorld, deploy, type TestWorld } from "./ecs-world.ts";

const KEY = { authorization: "Bearer made-up" };

function ask(one: TestWorld, line: string, headers: Record<string, string> = {}): Promise<AppResponse> {
  const [method = "GET", path = "/"] = line.split(" ");
  const answer = handleApp({ method, path, headers, body: "" }, one.world);
  one.time.pass(30);
  return answer;
}

function createRepaired(): TestWorld {
  const one = createIncident();
  allowRedis(one);
  deploy(one, 151);
  one.time.pass(100);
  return one;
}

describe("the application", () => {
  test.each([
    ["GET /health", {}, 200],
    ["GET /health/", {}, 200],
    ["POST /health", {}, 405],
    ["GET /api/v1/models", {}, 401],
    ["GET /api/v1/models", KEY, 200],
    ["GET /api/v1/models?limit=5", { "X-API-Key": "made-up" }, 200],
    ["POST /api/v1/models/21/predict", {}, 401],
    ["POST /api/v1/models/21/predict", { authorization: "Bearer " }, 401],
    ["POST /api/v1/models/21/predict", { "x-api-key": " " }, 401],
    ["POST /api/v1/models/21/predict", KEY, 200],
    ["POST /api/v1/models/22/predict", KEY, 404],
    ["GET /api/v1/models/21/predict", KEY, 405],
    ["GET /elsewhere", KEY, 404],
  ])("answers %s with %j by %i", async (line, headers, status) => {
    expect((await ask(createRepaired(), line, headers)).status).toBe(status);
  });

  test("predicts with two factors once the key is there", async () => {
    const { body } = await ask(createRepaired(), "POST /api/v1/models/21/predict", KEY);
    expect(JSON.parse(body)).toEqual({
      model_id: "21",
      prediction: {
        lead_score: 70,
        conversion_probability: 0.7,
        recommendation: "Hot",
        factors: [expect.any(String), expect.any(String)],
      },
    });
  });

  test("fails to predict without the key, and says so in the log of the task that serves", async () => {
    const one = createIncident();
    expect(await ask(one, "POST /api/v1/models/21/predict", KEY)).toMatchObject({
      status: 500,
      body: '{"detail":"HuggingFace token not configured"}',
    });
    expect(one.logs.at(-1)).toEqual({
      group: LOG_GROUP,
      stream: expect.stringMatching(/^ecs\/api\/[0-9a-f]{32}$/),
      message: "ERROR:src.api.models:HuggingFace token not configured",
    });
    expect((await ask(one, "GET /health")).status).toBe(200);
  });

  test("writes the caller's key into its log once a request", async () => {
    const one = createIncident();
    await ask(one, "GET /api/v1/models", KEY);
    const lines = one.logs.filter(({ message }) => message.includes("Bearer made-up"));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.message).toMatch(/^DEBUG:/);
  });
});

describe("without a way to Redis", () => {
  test("every endpoint hangs and then ends with 504, until the rollback", async () => {
    const one = createIncident();
    deploy(one, 151);
    one.time.pass(25);
    for (const line of ["GET /health", "GET /api/v1/models", "POST /api/v1/models/21/predict"]) {
      expect(await ask(one, line, KEY)).toMatchObject({ status: 504 });
    }
    expect(one.logs.at(-1)?.message).toBe(REDIS_TIMEOUT);
    one.time.pass(200);
    expect((await ask(one, "GET /health")).status).toBe(200);
  });

  test("requests keep hanging between two failing tasks", async () => {
    const one = createIncident();
    deploy(one, 151);
    one.time.pass(72);
    expect((await ask(one, "GET /health")).status).toBe(504);
  });

  test("a hang lasts at least 0.3 real seconds, however fast the world is", async () => {
    const one = createIncident();
    deploy(one, 151);
    one.time.pass(25);
    const asked: number[] = [];
    const time = {
      ...one.time,
      speed: 1000,
      after: (seconds: number, act: () => void) => {
        asked.push(seconds / 1000);
        act();
      },
    };
    const request = { method: "GET", path: "/health", headers: {}, body: "" };
    expect((await handleApp(request, { ...one.world, time })).status).toBe(504);
    expect(asked).toEqual([0.3]);
  });
});

test("a service that does not run is answered for by the load balancer: 503", async () => {
  expect((await ask(createTestWorld(), "GET /health")).status).toBe(503);
});
