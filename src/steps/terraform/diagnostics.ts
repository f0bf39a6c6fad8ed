import type { Json } from "../../model/json.ts";
import { shorten } from "../../model/shorten.ts";
import type { Exited } from "../../model/step.ts";
import { readStream } from "./stream.ts";

/** An error that terraform reported. */
export interface Diagnostic {
  readonly summary: string;
  readonly detail: string;
  readonly address: string | null;
}

/** The errors of a command, from its `-json` stream or, for the commands without one, from the text on stderr. */
export function diagnosticsOf({ stdout, stderr }: Pick<Exited, "stdout" | "stderr">): readonly Diagnostic[] {
  const streamed = readStream(stdout).flatMap((message) =>
    message.type === "diagnostic" && message.diagnostic.severity === "error" ? [message.diagnostic] : [],
  );
  const found = streamed.map(({ summary, detail, address }) => ({
    summary,
    detail,
    address: address ?? null,
  }));
  return [...found, ...written(stderr)];
}

const isTitle = /^(?:│ )?(Error|Warning): (.*)$/;

function written(stderr: string): readonly Diagnostic[] {
  const blocks: string[][] = [];
  for (const line of stderr.split("\n")) {
    if (isTitle.test(line)) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  if (blocks.length > 0) return blocks.filter(([title]) => title?.includes("Error: ")).map(fromBlock);
  const text = stderr.trim();
  return text === "" ? [] : [{ summary: text.split("\n")[0] ?? "", detail: text, address: null }];
}

function fromBlock([title = "", ...rest]: readonly string[]): Diagnostic {
  const body = rest.join("\n");
  return {
    summary: isTitle.exec(title)?.[2] ?? title,
    detail: body.trim(),
    address: /^\s+with (\S.*),$/m.exec(body)?.[1] ?? null,
  };
}

/** Everything that a diagnostic says, on one line: the text of commands without `-json` is broken at 78 columns. */
export function textOf({ summary, detail }: Diagnostic): string {
  return `${summary} ${detail}`.replace(/\s+/g, " ").trim();
}

/** Diagnostics as facts of a failure; a wall of text stays in the evidence. */
export function asData(diagnostics: readonly Diagnostic[]): Json {
  return diagnostics.slice(0, 20).map(({ summary, detail, address }) => ({
    summary: shorten(summary, 600),
    detail: shorten(detail, 600),
    address,
  }));
}
