/**
 * The application behind the service: the API that the incident took down.
 *
 * Modelling choices, all of them about Redis:
 * - A revision whose secrets include `HUGGINGFACE_API_KEY` starts the model client at boot, and that client keeps
 *   its queue in Redis. Without the ingress rule such a revision never becomes healthy and every request hangs.
 * - A revision without the secret starts no model client. In the incident the tasks of the old revision also held
 *   Redis connections from before, so it stays healthy without the rule; its predictions fail for want of the key.
 * - When the first task of a new revision runs, the load balancer sends requests to it at once, healthy or not,
 *   until the rollback. A real one would go on using the healthy old target; in the incident every endpoint timed out.
 * - Like many applications it writes the caller's credentials to its log at DEBUG: whoever reads logs must redact.
 */
import type { ServingRevision, World } from "./world.ts";

export const CLUSTER = "hokusai-development";
export const SERVICE = "hokusai-api-development";
export const FAMILY = "hokusai-api-development";
export const LOG_GROUP = "/ecs/hokusai-api-development";
export const SECURITY_GROUPS = {
  redis: "sg-0454e74e2924a7754",
  legacy: "sg-0e61190afc2502b10",
  api: "sg-0864e6f6aee2a5cf4",
} as const;
/** What the log says of a task that cannot reach Redis; the signature that a runbook searches for. */
export const REDIS_TIMEOUT =
  "ERROR:src.api.routes.health:Redis connection failed: Timeout connecting to server";

const KEY_SECRET = "HUGGINGFACE_API_KEY";
const REDIS_PORT = 6379;
const HANG_SECONDS = 30;
const SHORTEST_HANG_SECONDS = 0.3;

export interface AppRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface AppResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whether a task of this revision passes its health check now. */
export function isAppHealthy(revision: ServingRevision, world: World): boolean {
  if (!revision.secrets.includes(KEY_SECRET)) return true;
  return revision.securityGroups.some((group) => world.ec2.admits(SECURITY_GROUPS.redis, group, REDIS_PORT));
}

/** Answers one request to the application, after a long wait when it cannot reach Redis. */
export async function handleApp(request: AppRequest, world: World): Promise<AppResponse> {
  const revision = world.ecs.servingRevision(CLUSTER, SERVICE);
  if (revision === undefined) return html(503, "503 Service Temporarily Unavailable");
  const log = (message: string): void => {
    world.logs.put(LOG_GROUP, revision.logStream ?? `ecs/api/${revision.revision}`, message);
  };
  log(
    `DEBUG:src.api.middleware:${request.method} ${request.path} authorization=${header(request, "authorization") ?? "-"}` +
      ` x-api-key=${header(request, "x-api-key") ?? "-"}`,
  );
  if (isAppHealthy(revision, world)) return answer(request, revision, log);
  await hang(world);
  log(REDIS_TIMEOUT);
  return html(504, "504 Gateway Time-out");
}

function hang({ time }: World): Promise<void> {
  return new Promise((resolve) => {
    // At a very high speed the hang must still be long enough for a client's own time limit to be seen.
    time.after(Math.max(HANG_SECONDS, SHORTEST_HANG_SECONDS * time.speed), resolve);
  });
}

function answer(request: AppRequest, revision: ServingRevision, log: (message: string) => void): AppResponse {
  const path = request.path.replace(/[?#].*$/, "").replace(/(.)\/$/, "$1");
  if (path === "/health")
    return only("GET", request, () => json(200, { status: "healthy", redis: "connected" }));
  const isModels = path === "/api/v1/models";
  const model = /^\/api\/v1\/models\/([^/]+)\/predict$/.exec(path)?.[1];
  if (!isModels && model === undefined) return json(404, { detail: "Not Found" });
  if (!hasKey(request)) return json(401, { detail: "API key required" });
  if (model === undefined) return only("GET", request, () => json(200, { models: MODELS }));
  return only("POST", request, () => predict(model, revision, log));
}

const MODELS = [{ id: "21", name: "Sales lead scoring", status: "available" }];

function predict(model: string, revision: ServingRevision, log: (message: string) => void): AppResponse {
  if (!MODELS.some(({ id }) => id === model)) return json(404, { detail: `Model ${model} not found` });
  if (!revision.secrets.includes(KEY_SECRET)) {
    log("ERROR:src.api.models:HuggingFace token not configured");
    return json(500, { detail: "HuggingFace token not configured" });
  }
  return json(200, {
    model_id: model,
    prediction: {
      lead_score: 70,
      conversion_probability: 0.7,
      recommendation: "Hot",
      factors: ["Demo requested", "High engagement score"],
    },
  });
}

function hasKey(request: AppRequest): boolean {
  const bearer = /^Bearer\s+(\S+)/i.exec(header(request, "authorization") ?? "")?.[1];
  return (bearer ?? header(request, "x-api-key")?.trim() ?? "") !== "";
}

function header(request: AppRequest, name: string): string | undefined {
  const value = Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === "string" ? value : value?.[0];
}

function only(method: "GET" | "POST", request: AppRequest, act: () => AppResponse): AppResponse {
  return request.method === method ? act() : json(405, { detail: "Method Not Allowed" });
}

function json(status: number, body: unknown): AppResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** The load balancer's own answers are pages, not JSON. */
function html(status: number, title: string): AppResponse {
  const body = `<html>\n<head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center></body>\n</html>\n`;
  return { status, headers: { "content-type": "text/html" }, body };
}
