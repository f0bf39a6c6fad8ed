import type { StepContext } from "../../model/step.ts";

export interface Exchange {
  readonly status: number;
  readonly body: Uint8Array;
  /** The body was longer than what is read. */
  readonly truncated: boolean;
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body?: string;
  /** For the whole exchange, the last byte of the body included. */
  readonly milliseconds: number;
}

const mostBytes = 1_048_576;

/** One HTTP exchange. Redirects are answers: following one would send secret headers to another host. */
export async function exchange(request: Request, ctx: Pick<StepContext, "signal">): Promise<Exchange> {
  const { method, url, headers, body, milliseconds } = request;
  const limit = AbortSignal.timeout(milliseconds);
  const signal = AbortSignal.any([ctx.signal, limit]);
  try {
    ctx.signal.throwIfAborted();
    const response = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      signal,
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, ...(await readBody(response)) };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (limit.aborted) throw new Error(`no complete answer within ${milliseconds} ms`, { cause: error });
    throw error;
  }
}

async function readBody(response: Response): Promise<Omit<Exchange, "status">> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Leaving the loop closes the connection, so an endless answer ends here.
    if (size > mostBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, mostBytes), truncated: size > mostBytes };
}

/** Why no answer came, in words: `fetch` hides the reason in the error's cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error) || error.message !== "fetch failed") return error.message;
  // Node leaves the message of a failed connection to several addresses empty.
  return cause.message === "" ? String(Reflect.get(cause, "code") ?? cause.name) : cause.message;
}
