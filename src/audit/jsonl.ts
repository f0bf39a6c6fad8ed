import { createHash } from "node:crypto";
import type { StoredRow } from "../model/verify.ts";

/** A stored event as a line; of an event whose data is withheld only the envelope. */
export function lineOf({ body, data }: Pick<StoredRow, "body" | "data">): string {
  return data === null ? body : `${body.slice(0, -1)},${data.slice(1)}`;
}

/** The rows that such lines were made of; throws a SyntaxError that names the line. */
export function rowsOf(text: string): readonly StoredRow[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new SyntaxError("the last line is not whole");
  return lines.map(rowOf);
}

function rowOf(line: string, index: number): StoredRow {
  // No text of an envelope holds this: quotes inside a string are escaped.
  const cut = line.indexOf(',"artifacts":');
  const [body, data] = cut < 0 ? [line, null] : [`${line.slice(0, cut)}}`, `{${line.slice(cut + 1)}`];
  const { seq, run, rseq, type } = envelope(body, index);
  const hash = createHash("sha256").update("\0").update(body).digest("hex");
  return { seq, run, rseq, type, body, data, hash };
}

function envelope(body: string, index: number): Pick<StoredRow, "seq" | "run" | "rseq" | "type"> {
  try {
    const { seq, run, rseq, type } = JSON.parse(body) as Partial<StoredRow>;
    if (
      typeof seq === "number" &&
      typeof rseq === "number" &&
      typeof run === "string" &&
      typeof type === "string"
    )
      return { seq, run, rseq, type };
  } catch {
    // Told below.
  }
  throw new SyntaxError(`line ${index + 1} is no event`);
}
