/** The practice world as an HTTP server on loopback: AWS for signed requests, control under `/_world`, the application for the rest. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { handleApp } from "./account/app.ts";
import { answerControl, isControl } from "./control.ts";
import { createWorld, type WorldOptions, type WorldParts } from "./create-world.ts";
import { readCredentials } from "./credentials.ts";
import { answerAws, before, type Outcome } from "./dispatch.ts";
import { jsonReply, type HttpReply, type HttpRequest } from "./protocols/http.ts";
import { AwsError, type World } from "./account/world.ts";

export interface StartOptions extends Partial<Omit<WorldOptions, "url">> {
  readonly port?: number;
  readonly host?: string;
  /** Fills the world before the first request. */
  readonly seed?: (parts: WorldParts) => void;
  readonly onRequest?: () => void;
  /** Called after `POST /_world/shutdown` has closed the world. */
  readonly onShutdown?: () => void;
}

export interface RunningWorld {
  readonly url: string;
  readonly world: World;
  readonly parts: WorldParts;
  readonly close: () => Promise<void>;
}

export async function startWorld(options: StartOptions = {}): Promise<RunningWorld> {
  const { port = 0, host = "127.0.0.1", speed = 60, seed, ...more } = options;
  const server = createServer({ keepAliveTimeout: 60_000 });
  server.listen(port, host);
  await once(server, "listening");
  const url = urlOf(server, host);
  const parts = createWorld({ ...more, url, speed });
  seed?.(parts);
  const close = async (): Promise<void> => {
    parts.stop();
    const closed = server.listening ? once(server, "close") : undefined;
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const shutDown = (): void => {
    // The answer to the request that asked for it goes out first.
    setTimeout(() => void close().then(() => options.onShutdown?.()), 50);
  };
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    options.onRequest?.();
    serve(request, response, (http) => answer(http, parts, shutDown)).catch(() => response.destroy());
  });
  return { url, world: parts.world, parts, close };
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The world's server has no port.");
  return `http://${host}:${address.port}`;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  act: (http: HttpRequest) => Promise<Outcome>,
): Promise<void> {
  const outcome = await act(await readRequest(request));
  // A hanging request stays open until its client, or the world, goes away.
  if (outcome.kind === "hang") return;
  if (outcome.kind === "drop") {
    response.destroy();
    return;
  }
  const { status, headers, body } = outcome.reply;
  const length = headers["content-length"] ?? String(Buffer.byteLength(body));
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, hasBody ? { ...headers, "content-length": length } : headers);
  response.end(request.method === "HEAD" || !hasBody ? undefined : body);
}

async function readRequest(request: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const [path = "/", ...query] = (request.url ?? "/").split("?");
  return {
    method: request.method ?? "GET",
    path,
    query: new URLSearchParams(query.join("?")),
    headers: request.headers,
    body: Buffer.concat(chunks),
  };
}

async function answer(http: HttpRequest, parts: WorldParts, shutDown: () => void): Promise<Outcome> {
  if (isControl(http)) return { kind: "reply", reply: answerControl(http, parts, shutDown) };
  const credentials = readCredentials(http);
  return credentials ? answerAws(http, credentials, parts) : answerApp(http, parts);
}

/** Faults hit the application too, as `app:GET /health`. */
async function answerApp(http: HttpRequest, parts: WorldParts): Promise<Outcome> {
  const fault = parts.faults.take(`app:${http.method} ${http.path}`);
  if (fault?.kind === "hang") return { kind: "hang" };
  try {
    if (fault) await before(fault, { throttled: new AwsError("Throttled", "Too Many Requests", 429) });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { kind: "reply", reply: jsonReply(error.status, { detail: error.message }) };
  }
  const reply = await appReply(http, parts.world);
  return fault?.kind === "drop-after-effect" ? { kind: "drop" } : { kind: "reply", reply };
}

function appReply(http: HttpRequest, world: World): Promise<HttpReply> {
  const { method, headers, query } = http;
  const path = query.size === 0 ? http.path : `${http.path}?${query.toString()}`;
  return handleApp({ method, path, headers, body: http.body.toString() }, world);
}
