import { onTestFinished } from "vitest";
import type { WorldParts } from "../../../src/practice/world/create-world.ts";
import { startWorld, type RunningWorld } from "../../../src/practice/world/server.ts";

/** A world over real HTTP that is closed when the test ends. */
export async function openWorld(seed?: (parts: WorldParts) => void): Promise<RunningWorld> {
  const running = await startWorld({ speed: 1000, ...(seed ? { seed } : {}) });
  onTestFinished(running.close);
  return running;
}

/** What every SDK client of a test is made with. */
export function clientFor({ url }: RunningWorld, accessKeyId = "practice") {
  return {
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "practice" },
    maxAttempts: 1,
  };
}

/** The operations and targets in the ledger. */
export function changes({ world }: RunningWorld): readonly string[] {
  return world.ledger.entries().map(({ operation, target }) => `${operation} ${target}`);
}

/** Calls a JSON service without its SDK. */
export async function callJson(
  { url }: RunningWorld,
  operation: string,
  body: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const [service = "", name = ""] = operation.split(":");
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=practice/20250101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      "x-amz-target": `${service}.${name}`,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Asks the world's control paths. */
export async function control(
  { url }: RunningWorld,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(url + path, init);
  return { status: response.status, body: await response.json() };
}
