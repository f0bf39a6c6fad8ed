import { AwsError } from "../account/world.ts";

const lineEnd = Buffer.from("\r\n");

/** Takes a body in `aws-chunked` encoding apart: the data, and the headers sent after it (checksums). */
export function decodeChunks(body: Buffer): {
  readonly data: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
} {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf(lineEnd, at);
    const size = end < 0 ? Number.NaN : Number.parseInt(body.toString("latin1", at, end), 16);
    const from = end + lineEnd.length;
    if (Number.isNaN(size) || from + size > body.length) {
      throw new AwsError("IncompleteBody", "The aws-chunked body ends within a chunk.");
    }
    if (size === 0)
      return { data: Buffer.concat(parts), trailers: readTrailers(body.toString("latin1", from)) };
    parts.push(body.subarray(from, from + size));
    at = from + size + lineEnd.length;
  }
}

function readTrailers(text: string): Readonly<Record<string, string>> {
  const pairs = text
    .split("\r\n")
    .map((line) => line.split(":"))
    .filter((pair) => pair.length === 2)
    .map(([name = "", value = ""]) => [name.trim().toLowerCase(), value.trim()] as const);
  return Object.fromEntries(pairs);
}
