import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";

export interface LocalServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** A small HTTP server on loopback that answers as the test says. */
export async function serve(listener: RequestListener): Promise<LocalServer> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** An address on which nobody listens. */
export async function nowhere(): Promise<string> {
  const server = await serve(() => {});
  await server.close();
  return server.url;
}
